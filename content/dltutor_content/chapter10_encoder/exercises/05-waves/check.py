import math

import torch

from dltutor.learning.checks import close, dtype, shape


def expected(length, width):
    rows = [
        [
            (math.cos if c % 2 else math.sin)(p / 10000 ** ((c - c % 2) / width))
            for c in range(width)
        ]
        for p in range(length)
    ]
    return torch.tensor(rows)


def check_width_4(work):
    """the table of the lesson || 课文里的表"""
    got = work.waves(4, 4)
    dtype(got, torch.float32, "waves(4, 4)")
    close(got, expected(4, 4), atol=1e-5, name="waves(4, 4)")


def check_wide(work):
    """many places, many waves || 许多位置、许多波"""
    got = work.waves(50, 24)
    shape(got, (50, 24), name="waves(50, 24)")
    close(got, expected(50, 24), atol=1e-4, name="waves(50, 24)")


def check_odd(work):
    """an odd width ends with a sine || 维数为奇数时以正弦结尾"""
    got = work.waves(6, 5)
    shape(got, (6, 5), name="waves(6, 5)")
    close(got, expected(6, 5), atol=1e-5, name="waves(6, 5)")


def check_distance(work):
    """products depend on the distance alone || 点积只取决于距离"""
    got = work.waves(40, 16)
    close(got[3] @ got[7], got[30] @ got[34], atol=1e-4, name="waves(40, 16)[3] @ [7]")
