import torch
from torch import nn

from dltutor.learning.checks import close, equal, that, untouched


def pictures(seed=0):
    torch.manual_seed(seed)
    return torch.randn(4, 3, 5, 6) * torch.tensor([1.0, 3.0, 0.2])[:, None, None] + 2


def pair(work):
    """The learner's layer and torch's, with the same weight and bias."""
    mine, theirs = work.BatchNorm(3), nn.BatchNorm2d(3)
    mine.weight = torch.tensor([1.0, 2.0, -1.0])
    mine.bias = torch.tensor([0.0, 1.0, 5.0])
    with torch.no_grad():
        theirs.weight.copy_(mine.weight)
        theirs.bias.copy_(mine.bias)
    return mine, theirs


def check_four_numbers(work):
    """the four numbers of the lesson || 课文里的四个数"""
    x = torch.tensor([1.0, 2.0, 3.0, 6.0]).reshape(4, 1, 1, 1)
    expected = torch.tensor([-1.069, -0.5345, 0.0, 1.6036]).reshape(4, 1, 1, 1)
    close(work.BatchNorm(1)(x), expected, 1e-3, 1e-3, "BatchNorm(1)(x)", {"x": x.flatten()})


def check_training(work):
    """in training each channel by the batch's statistics || 训练时各通道用批量的统计量"""
    mine, theirs = pair(work)
    x = pictures()
    got = untouched(mine, x, name="BatchNorm(3)(x)")
    close(got.detach(), theirs(x).detach(), 1e-4, 1e-4, "BatchNorm(3)(x)", "training || 训练")


def check_epsilon(work):
    """EPSILON is added to the variance before the root || 开方之前，方差先加上 EPSILON"""
    mine, theirs = pair(work)
    x = pictures() * 1e-3
    close(
        mine(x).detach(),
        theirs(x).detach(),
        1e-3,
        1e-3,
        "BatchNorm(3)(x)",
        "pictures with variances below 1e-5 || 图片的方差小于 1e-5",
    )


def check_running(work):
    """the running statistics move a tenth of the way || 滑动统计量移动十分之一"""
    mine, theirs = pair(work)
    for seed in range(3):
        mine(pictures(seed))
        theirs(pictures(seed))
    for name in ("running_mean", "running_var"):
        close(
            getattr(mine, name),
            getattr(theirs, name),
            1e-4,
            1e-5,
            name,
            "after three batches || 三个批量之后",
        )


def check_evaluation(work):
    """in evaluation the running statistics, for each picture by itself || 评估时用滑动统计量，每张图片单独处理"""
    mine, theirs = pair(work)
    for layer in (mine, theirs):
        layer(pictures())
    mine.training = False
    theirs.eval()
    x = pictures(5)
    whole = mine(x)
    close(whole.detach(), theirs(x).detach(), 1e-4, 1e-4, "BatchNorm(3)(x)", "evaluation || 评估")
    close(
        mine(x[:1]).detach(),
        whole[:1].detach(),
        1e-5,
        1e-5,
        "BatchNorm(3)(x[:1])",
        "evaluation: the same picture alone || 评估：同一张图片单独处理",
    )


def check_evaluation_records_nothing(work):
    """in evaluation the running statistics stay || 评估时滑动统计量不变"""
    mine, _ = pair(work)
    mine(pictures())
    mine.training = False
    before = mine.running_mean.clone(), mine.running_var.clone()
    mine(pictures(9) + 100)
    equal(mine.running_mean, before[0], "running_mean")
    equal(mine.running_var, before[1], "running_var")


def check_gradient(work):
    """the gradient flows through mean and variance || 梯度流过平均值和方差"""
    mine, theirs = pair(work)
    weights = torch.linspace(0.5, 1.5, 4 * 3 * 5 * 6).reshape(4, 3, 5, 6)
    grads = []
    for layer in (mine, theirs):
        x = pictures().requires_grad_()
        out = (layer(x) * weights).sum()
        that(out.requires_grad, "No gradient flows back to the input. || 没有梯度传回输入。")
        grads.append(torch.autograd.grad(out, x)[0])
    close(grads[0], grads[1], 1e-3, 1e-4, "the gradient for x || 对 x 的梯度")
    that(
        not mine.running_mean.requires_grad and not mine.running_var.requires_grad,
        "The running statistics keep the whole computation alive: record them without gradient."
        " || 滑动统计量牵着整个计算图不放：记录时不要带梯度。",
    )
