import torch

from dltutor.learning.checks import equal, untouched


def check_example(work):
    """the strongest of neighbours stands for them || 由最强的代表相邻的窗口"""
    p = torch.tensor([0.1, 0.8, 0.95, 0.9, 0.2, 0.85])
    equal(work.accept(p, 0.8, 3), [2, 5], "accept", when=p)


def check_order(work):
    """positions rise though the strongest is found first || 位置升序，虽然先找到最强的"""
    p = torch.tensor([0.6, 0.0, 0.0, 0.0, 0.9, 0.0, 0.0, 0.0, 0.7])
    equal(work.accept(p, 0.5, 2), [0, 4, 8], "accept", when=p)


def check_edges(work):
    """the ends, the threshold itself, nothing at all || 两端、恰好等于阈值、一个也没有"""
    p = torch.tensor([0.75, 0.5, 0.5, 0.75])
    equal(work.accept(p, 0.75, 2), [0, 3], "accept, threshold 0.75 || accept，阈值 0.75", when=p)
    equal(work.accept(p, 0.75, 4), [0], "accept, apart 4 || accept，apart 为 4", when=p)
    equal(work.accept(p, 0.9, 2), [], "accept, threshold 0.9 || accept，阈值 0.9", when=p)
    equal(work.accept(torch.zeros(0), 0.5, 2), [], "accept", when="no windows || 没有窗口")


def check_untouched(work):
    """p is as it was || p 保持原样"""
    untouched(lambda p: work.accept(p, 0.5, 2), torch.tensor([0.9, 0.6, 0.1, 0.8]), name="accept")
