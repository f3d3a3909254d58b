import random

import torch
import torch.nn.functional as F
from torch.overrides import TorchFunctionMode

from dltutor.learning.checks import close, gradient, shape, that, untouched


class NoConvolution(TorchFunctionMode):
    """Notices every call of a convolution that PyTorch brings."""

    def __init__(self):
        super().__init__()
        self.called = ""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        name = getattr(func, "__name__", "")
        if "conv" in name:
            self.called = name
        return func(*args, **(kwargs or {}))


def compare(work, x, weight, bias=None, **how):
    with NoConvolution() as watch:
        got = work.conv2d(x, weight, bias, **how)
    that(
        not watch.called,
        f"{watch.called} was called: the sum is yours to write."
        f" || 调用了 {watch.called}：这个和要由你自己来写。",
    )
    expected = F.conv2d(x, weight, bias, **how)
    when = {"x.shape": tuple(x.shape), "weight.shape": tuple(weight.shape), **how}
    shape(got, tuple(expected.shape), "conv2d(x, weight, ...)", when)
    close(got, expected, 1e-4, 1e-5, "conv2d(x, weight, ...)", when)


def check_one_cell(work):
    """one window, one kernel: a single number || 一个窗口、一个卷积核：一个数"""
    x = torch.tensor([[[[2.0, 0.0], [1.0, 3.0]]]])
    compare(work, x, torch.tensor([[[[1.0, 4.0], [-3.0, 2.0]]]]))


def check_channels(work):
    """several channels, filters and pictures, with a bias || 多个通道、多个滤波器、多张图片，带偏置"""
    torch.manual_seed(0)
    compare(work, torch.randn(2, 3, 7, 6), torch.randn(4, 3, 3, 3), torch.randn(4))


def check_stride(work):
    """strides, also where the last pixels are left over || 步幅，包括最后几个像素剩下的情形"""
    torch.manual_seed(1)
    for size, stride in ((7, 2), (8, 2), (9, 3), (11, 4)):
        compare(work, torch.randn(1, 2, size, size + 1), torch.randn(3, 2, 3, 2), stride=stride)


def check_padding_and_dilation(work):
    """padding larger than 1, weights that stand apart || 大于 1 的填充，张开的权重"""
    torch.manual_seed(2)
    x, weight = torch.randn(2, 2, 9, 8), torch.randn(3, 2, 3, 3)
    for padding, dilation in ((1, 1), (3, 1), (0, 2), (4, 3)):
        compare(work, x, weight, padding=padding, dilation=dilation)


def check_groups(work):
    """groups, up to one for each channel || 分组，直到每个通道一组"""
    torch.manual_seed(3)
    x = torch.randn(2, 6, 5, 5)
    for groups, out in ((2, 4), (3, 3), (6, 6), (6, 12)):
        compare(work, x, torch.randn(out, 6 // groups, 3, 3), torch.randn(out), groups=groups)


def check_random(work):
    """thirty random shapes, strides, paddings, dilations, groups || 三十组随机的形状、步幅、填充、膨胀、分组"""
    rng = random.Random(5)
    torch.manual_seed(5)
    for _ in range(30):
        groups, height, width = rng.randint(1, 3), rng.randint(1, 4), rng.randint(1, 4)
        dilation, padding = rng.randint(1, 3), rng.randint(0, 4)
        x = torch.randn(
            rng.randint(1, 3),
            groups * rng.randint(1, 3),
            dilation * (height - 1) + rng.randint(1, 7),
            dilation * (width - 1) + rng.randint(1, 7),
        )
        weight = torch.randn(groups * rng.randint(1, 3), x.shape[1] // groups, height, width)
        bias = torch.randn(len(weight)) if rng.random() < 0.5 else None
        compare(
            work, x, weight, bias,
            stride=rng.randint(1, 3), padding=padding, dilation=dilation, groups=groups,
        )  # fmt: skip


def check_gradient(work):
    """gradients reach picture, weight and bias, which stay as they were || 梯度传到图片、权重和偏置，而它们保持不变"""
    torch.manual_seed(6)
    x, weight, bias = (
        torch.randn(s, dtype=torch.float64) for s in ((2, 4, 6, 5), (6, 2, 3, 2), (6,))
    )

    def ours(x, weight, bias):
        return work.conv2d(x, weight, bias, 2, 1, 1, 2)

    def theirs(x, weight, bias):
        return F.conv2d(x, weight, bias, 2, 1, 1, 2)

    untouched(ours, x, weight, bias, name="conv2d")
    when = "stride 2, padding 1, groups 2"
    gradient(ours, x, weight, bias, like=theirs, name="conv2d", when=when)
