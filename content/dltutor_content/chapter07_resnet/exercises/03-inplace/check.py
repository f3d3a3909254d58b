import torch
import torch.nn.functional as F
from torch import nn

from dltutor.learning.checks import close, equal, untouched


def block(work, zero=False):
    torch.manual_seed(0)
    made = work.PreBlock(3)
    if zero:
        for parameter in made.parameters():
            nn.init.zeros_(parameter)
    return made


def pictures():
    torch.manual_seed(1)
    return torch.randn(2, 3, 5, 5)


def check_doing_nothing(work):
    """where the convolutions give 0, negative values pass too || 卷积给出 0 时，负数也能通过"""
    x = pictures()
    equal(
        block(work, zero=True)(x.clone()).detach(),
        x,
        "PreBlock(3)(x)",
        "all weights and biases are 0 || 所有权重和偏置都是 0",
    )


def check_input_stays(work):
    """the input is not changed || 输入不被改动"""
    untouched(block(work), pictures(), name="PreBlock(3)(x)")


def check_values(work):
    """x plus the convolutions of the ReLUs || x 加上 ReLU 之后的卷积"""
    made, x = block(work), pictures()
    inner = F.conv2d(F.relu(x), made.conv1.weight, made.conv1.bias, padding=1)
    expected = x + F.conv2d(F.relu(inner), made.conv2.weight, made.conv2.bias, padding=1)
    close(made(x.clone()).detach(), expected.detach(), 1e-4, 1e-5, "PreBlock(3)(x)")


def check_gradient(work):
    """the shortcut carries the gradient of negative values || 捷径能传负值的梯度"""
    x = pictures().requires_grad_()
    (grad,) = torch.autograd.grad(block(work, zero=True)(x * 1.0).sum(), x)
    close(
        grad,
        torch.ones_like(grad),
        name="the gradient for x || 对 x 的梯度",
        when="all weights and biases are 0 || 所有权重和偏置都是 0",
    )


def check_parameters(work):
    """two convolutions with bias, and nothing else to learn || 两个带偏置的卷积，没有别的要学"""
    got = sum(p.numel() for p in block(work).parameters())
    equal(got, 2 * (9 * 9 + 3), "the number of parameters || 参数个数")
