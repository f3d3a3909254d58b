import random

import torch
import torch.nn.functional as F

from dltutor.learning.checks import equal

STACKS = (
    [(7, 1, 0, 1), (5, 1, 0, 1), (3, 1, 0, 1)],
    [(7, 2, 3, 1), (2, 2, 0, 1), (3, 1, 0, 2)],
    [(3, 1, 1, 1), (3, 2, 1, 1), (3, 2, 1, 1)],
    [(3, 2, 0, 1)],
    [(1, 2, 0, 1), (1, 3, 0, 1), (2, 1, 0, 1)],
)


def stack(work, numbers):
    return [work.Layer(*layer) for layer in numbers]


def seen(numbers, cell=None, size=200):
    """Asks autograd which pixels have a part in a cell; the middle one when none is given."""
    x = torch.zeros(1, 1, size, requires_grad=True)
    y = x
    for kernel, stride, padding, dilation in numbers:
        y = F.conv1d(y, torch.ones(1, 1, kernel), None, stride, padding, dilation)
    y[0, 0, y.shape[2] // 2 if cell is None else cell].backward()
    places = x.grad[0, 0].nonzero()[:, 0]
    return int(places[0]), int(places[-1])


def check_field(work):
    """kernels 7, 5, 3 and others, as autograd sees them || 卷积核 7、5、3 等，与自动求导的结果一致"""
    for numbers in STACKS:
        first, last = seen(numbers)
        got = work.receptive_field(stack(work, numbers))
        equal(got, last - first + 1, "receptive_field", {"layers": numbers})


def check_limits(work):
    """no layer sees one pixel; a stride alone sees no more || 没有层：一个像素；只有步幅不会看得更多"""
    equal(work.receptive_field([]), 1, "receptive_field([])")
    layers = stack(work, [(1, 4, 0, 1)])
    equal(work.receptive_field(layers), 1, "receptive_field", {"layers": layers})


def check_random(work):
    """forty random stacks || 四十串随机的层"""
    rng = random.Random(1)
    for _ in range(40):
        numbers = [
            (rng.randint(1, 4), rng.randint(1, 3), rng.randint(0, 2), rng.randint(1, 3))
            for _ in range(rng.randint(1, 3))
        ]
        first, last = seen(numbers)
        got = work.receptive_field(stack(work, numbers))
        equal(got, last - first + 1, "receptive_field", {"layers": numbers})


def check_pixels(work):
    """which pixels a cell sees || 一格看到哪些像素"""
    for numbers in STACKS:
        for cell in (6, 9):
            got = work.pixels(stack(work, numbers), cell)
            when = {"layers": numbers, "cell": cell}
            equal(got, seen(numbers, cell), "pixels", when)


def check_border(work):
    """padding has numbers below 0 || 填充的编号小于 0"""
    layers = stack(work, [(7, 2, 3, 1)])
    equal(work.pixels(layers, 0), (-3, 3), "pixels", {"layers": layers, "cell": 0})
    layers = stack(work, [(3, 1, 1, 1), (3, 1, 1, 1)])
    equal(work.pixels(layers, 0), (-2, 2), "pixels", {"layers": layers, "cell": 0})
