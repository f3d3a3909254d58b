import torch

from dltutor.learning.checks import dtype, equal, shape


def check_one(work):
    """one output || 一个输出"""
    inputs, targets = work.shifted([[7, 8]])
    equal(inputs, torch.tensor([[1, 7, 8]]), name="inputs", when="[[7, 8]]")
    equal(targets, torch.tensor([[7, 8, 2]]), name="targets", when="[[7, 8]]")


def check_lengths(work):
    """outputs of different lengths || 长短不一的输出"""
    inputs, targets = work.shifted([[5], [7, 8, 9]])
    equal(inputs, torch.tensor([[1, 5, 0, 0], [1, 7, 8, 9]]), name="inputs", when="[[5], [7, 8, 9]]")
    equal(targets, torch.tensor([[5, 2, 0, 0], [7, 8, 9, 2]]), name="targets", when="[[5], [7, 8, 9]]")


def check_empty(work):
    """an empty output has its end to learn || 空的输出也要学会结束"""
    inputs, targets = work.shifted([[], [4]])
    equal(inputs, torch.tensor([[1, 0], [1, 4]]), name="inputs", when="[[], [4]]")
    equal(targets, torch.tensor([[2, 0], [4, 2]]), name="targets", when="[[], [4]]")


def check_types(work):
    """int64, one place more than the longest || int64，比最长的多一个位置"""
    for value, name in zip(work.shifted([[3] * 6, [4] * 2]), ("inputs", "targets")):
        shape(value, (2, 7), name=name)
        dtype(value, torch.int64, name=name)
