"""Checks of double."""

from dltutor.learning.checks import equal


def check_values(work):
    """Every value is doubled || 每个值都变为两倍"""
    equal(work.double([1, 2, 3]), [2, 4, 6], "double([1, 2, 3])")


def check_new(work):
    """The argument stays as it was || 参数保持不变"""
    values = [1, 2]
    work.double(values)
    equal(values, [1, 2], "values")
