import math

import torch

from dltutor.learning.checks import close, shape, that


def check_lesson(work):
    """the numbers of the lesson || 课文里的数"""
    h, true = torch.tensor([[1.0, 2.0]]), torch.tensor([[2.0, 1.0]])
    noise = torch.tensor([[[-1.0, 0.5]]])
    close(work.loss(h, true, noise), math.log1p(math.exp(-4)) + math.log(2), name="loss")


def check_zero(work):
    """all scores 0: ln 2 for each of six questions || 得分全为 0 时，六问各 ln 2"""
    got = work.loss(torch.zeros(4, 3), torch.zeros(4, 3), torch.zeros(4, 5, 3))
    shape(got, (), "loss")
    close(got, 6 * math.log(2), name="loss")


def check_batch(work):
    """each pair has its own noise || 每个词对用自己的噪声词"""
    torch.manual_seed(0)
    h, true, noise = torch.randn(3, 4), torch.randn(3, 4), torch.randn(3, 2, 4)
    one = sum(
        math.log1p(math.exp(-float(h[b] @ true[b])))
        + sum(math.log1p(math.exp(float(h[b] @ n))) for n in noise[b])
        for b in range(3)
    )
    close(work.loss(h, true, noise), one / 3, rtol=1e-4, name="loss")


def check_large(work):
    """scores of 200 and -200 give a finite loss || 得分为 200 和 -200 时损失有限"""
    h = torch.tensor([[1.0]], requires_grad=True)
    got = work.loss(h, torch.tensor([[-200.0]]), torch.tensor([[[200.0]]]))
    close(got.detach(), 400.0, name="loss")
    got.backward()
    close(h.grad, torch.tensor([[400.0]]), name="gradient of h || h 的梯度")


def check_gradient(work):
    """the true word comes nearer, noise goes off || 真词靠近，噪声远离"""
    h = torch.zeros(1, 2, requires_grad=True)
    work.loss(h, torch.tensor([[1.0, 0.0]]), torch.tensor([[[0.0, 1.0]]])).backward()
    step = -h.grad[0]
    that(step[0] > 0 and step[1] < 0, f"a step moves h by {step.tolist()}: towards (1, 0) and away from (0, 1) was expected || 一步把 h 移动了 {step.tolist()}：应当靠近 (1, 0)，远离 (0, 1)")


def check_words(work):
    """gradients flow to the true word and to noise || 梯度传到真词和噪声词"""
    h = torch.tensor([[1.0, 2.0]])
    true, noise = torch.zeros(1, 2, requires_grad=True), torch.zeros(1, 3, 2, requires_grad=True)
    work.loss(h, true, noise).backward()
    close(true.grad, -0.5 * h, name="gradient of true || true 的梯度")
    close(noise.grad, (0.5 * h).expand(1, 3, 2), name="gradient of noise || noise 的梯度")
