import torch

from dltutor.learning.checks import close, that


def check_two_people(work):
    """two people at the distance 0.5 || 两个人，距离 0.5"""
    z = torch.tensor([[0.0, 0.0], [0.5, 0.0]])
    close(work.contrastive(z, torch.tensor([0, 1]), 1.0), 0.125, name="contrastive")


def check_one_person(work):
    """one person at the distance 0.5 || 同一人，距离 0.5"""
    z = torch.tensor([[0.0, 0.0], [0.3, 0.4]])
    close(work.contrastive(z, torch.tensor([4, 4]), 1.0), 0.125, name="contrastive")


def check_both(work):
    """both kinds, in unequal numbers || 两类的个数不同"""
    z = torch.tensor([[0.0], [0.2], [0.6], [0.7]])
    y = torch.tensor([0, 0, 1, 2])
    push = [0.4**2, 0.3**2, 0.6**2, 0.5**2, 0.9**2]
    expected = (0.2**2 + sum(push) / 5) / 2
    close(work.contrastive(z, y, 1.0), expected, name="contrastive, z = 0, 0.2, 0.6, 0.7")


def check_convention(work):
    """a larger distance of one person costs more || 同一人距离越大，代价越大"""
    y = torch.tensor([0, 0])
    near = float(work.contrastive(torch.tensor([[0.0], [0.1]]), y))
    far = float(work.contrastive(torch.tensor([[0.0], [0.9]]), y))
    that(
        far > near,
        f"one person at distance 0.1 costs {near:.3f}, at 0.9 {far:.3f}: the label 1 means the same person."
        f" || 同一人距离 0.1 的代价是 {near:.3f}，0.9 是 {far:.3f}：标签 1 表示同一个人。",
    )


def check_gradient(work):
    """the gradient: finite, and none beyond the margin || 梯度有限，超过间隔则为 0"""
    z = torch.tensor([[0.0, 0.0], [3.0, 0.0], [0.1, 0.2]], requires_grad=True)
    work.contrastive(z, torch.tensor([0, 1, 0]), 1.0).backward()
    that(
        z.grad is not None and bool(z.grad.isfinite().all()),
        "the gradient is not finite || 梯度不是有限的",
    )
    close(z.grad[1], torch.zeros(2), name="gradient of the far one || 远处那张的梯度")
    that(float(z.grad[0].norm()) > 0.01, "one person is not pulled together || 同一个人没有被拉近")
