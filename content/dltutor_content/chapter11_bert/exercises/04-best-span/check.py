import torch

from dltutor.learning.checks import equal

ALL = torch.ones(6, dtype=torch.bool)


def check_plain(work):
    """the two best places where they fit || 两个最高分合适时就用它们"""
    start = torch.tensor([0.0, 5.0, 1.0, 0.0, 0.0, 0.0])
    end = torch.tensor([0.0, 0.0, 1.0, 4.0, 0.0, 0.0])
    equal(work.best_span(start, end, ALL, 6), (1, 3), name="best_span")


def check_order(work):
    """never an end before the start || 终点从不在起点之前"""
    start = torch.tensor([0.0, 1.0, 0.0, 0.0, 5.0, 0.0])
    end = torch.tensor([0.0, 6.0, 0.0, 0.0, 0.0, 1.0])
    equal(
        work.best_span(start, end, ALL, 6), (1, 1),
        name="best_span with the best end at 1 and the best start at 4",
    )


def check_length(work):
    """at most ``longest`` tokens || 最多 longest 个词元"""
    start = torch.tensor([5.0, 0.0, 0.0, 2.0, 0.0, 0.0])
    end = torch.tensor([0.0, 0.0, 0.0, 0.0, 5.0, 0.0])
    equal(work.best_span(start, end, ALL, 5), (0, 4), name="best_span, longest=5")
    equal(work.best_span(start, end, ALL, 4), (3, 4), name="best_span, longest=4")


def check_passage(work):
    """the question is no answer || 问题本身不是答案"""
    start = torch.tensor([9.0, 9.0, 0.0, 1.0, 0.0, 9.0])
    end = torch.tensor([9.0, 9.0, 0.0, 0.0, 1.0, 9.0])
    passage = torch.tensor([False, False, True, True, True, False])
    equal(
        work.best_span(start, end, passage, 6), (3, 4),
        name="best_span", when=passage,
    )


def check_negative(work):
    """scores below zero are scores || 负分也是分"""
    start = torch.tensor([-9.0, -5.0, -2.0, -7.0, -8.0, -9.0])
    end = torch.tensor([-1.0, -8.0, -9.0, -3.0, -9.0, -9.0])
    equal(work.best_span(start, end, ALL, 6), (2, 3), name="best_span of negative scores")
