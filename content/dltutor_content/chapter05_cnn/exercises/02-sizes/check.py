import random

import torch
import torch.nn.functional as F

from dltutor.learning.checks import equal


def places(size, kernel, stride, padding, dilation):
    """Counts, by asking a real convolution."""
    x = torch.zeros(1, 1, size)
    return F.conv1d(x, torch.zeros(1, 1, kernel), None, stride, padding, dilation).shape[2]


def check_this_chapter(work):
    """the three layers of this chapter's network || 本章网络的三层"""
    for size, kernel, out in ((28, 7, 22), (22, 5, 18), (18, 3, 16)):
        when = {"size": size, "kernel": kernel}
        equal(work.output_size(size, kernel), out, "output_size", when)


def check_stride(work):
    """strides, rounded down || 步幅，向下取整"""
    for size, kernel, stride in ((28, 3, 2), (224, 7, 2), (10, 4, 3), (5, 5, 4)):
        expected = places(size, kernel, stride, 0, 1)
        when = {"size": size, "kernel": kernel, "stride": stride}
        equal(work.output_size(size, kernel, stride), expected, "output_size", when)


def check_random(work):
    """a hundred random cases against PyTorch || 一百种随机情形，与 PyTorch 比较"""
    rng = random.Random(0)
    for _ in range(100):
        kernel, dilation = rng.randint(1, 6), rng.randint(1, 4)
        how = {
            "size": rng.randint(1, 20) + dilation * (kernel - 1),
            "kernel": kernel,
            "stride": rng.randint(1, 4),
            "padding": rng.randint(0, 5),
            "dilation": dilation,
        }
        equal(work.output_size(**how), places(**how), "output_size", how)


def check_no_place(work):
    """no cell where the kernel does not fit || 放不下时一格也没有"""
    for size, kernel, stride, padding, dilation in ((3, 5, 1, 0, 1), (4, 9, 4, 1, 1), (6, 4, 3, 0, 3)):
        how = dict(size=size, kernel=kernel, stride=stride, padding=padding, dilation=dilation)
        equal(work.output_size(**how), 0, "output_size", how)


def check_same(work):
    """the size stays as it was || 尺寸不变"""
    for kernel, dilation, expected in ((3, 1, (1, 1)), (7, 1, (3, 3)), (5, 3, (6, 6)), (1, 4, (0, 0))):
        when = {"kernel": kernel, "dilation": dilation}
        equal(work.same_padding(kernel, dilation), expected, "same_padding", when)


def check_same_even(work):
    """an even span has one zero more on the right || 跨度为偶数时右边多一个零"""
    for kernel, dilation in ((4, 1), (2, 1), (2, 3), (6, 1)):
        span = dilation * (kernel - 1) + 1
        left, right = (span - 1) // 2, span // 2
        when = {"kernel": kernel, "dilation": dilation}
        equal(work.same_padding(kernel, dilation), (left, right), "same_padding", when)
        row = F.pad(torch.zeros(1, 1, 20), (left, right))
        equal(F.conv1d(row, torch.zeros(1, 1, kernel), dilation=dilation).shape[2], 20)
