import torch
import torch.nn.functional as F

from dltutor.learning.checks import close


def batch(said, true, classes=2):
    return F.one_hot(torch.tensor(said), classes).float(), torch.tensor(true)


def check_by_hand(work):
    """the numbers of the statement || 题目里的数"""
    close(work.macro_f1([batch([1, 1, 1, 1], [1, 1, 1, 0])]), 3 / 7, name="macro_f1")


def check_right(work):
    """all right is 1 || 全对为 1"""
    close(work.macro_f1([batch([0, 1, 1], [0, 1, 1]), batch([1], [1])]), 1.0, name="macro_f1")


def check_batches(work):
    """how the set is cut does not matter || 怎样分批没有影响"""
    said, true = [1, 1, 0, 1, 0, 1, 1], [1, 0, 0, 1, 1, 1, 0]
    whole = work.macro_f1([batch(said, true)])
    close(whole, (0.4 + 2 / 3) / 2, name="macro_f1", when="one batch || 一批")
    close(work.macro_f1([batch(said[:5], true[:5]), batch(said[5:], true[5:])]), whole, name="macro_f1", when="batches of 5 and 2 || 5 和 2 两批")


def check_three(work):
    """three classes, one of them never seen || 三类，其中一类从未出现"""
    close(work.macro_f1([batch([0, 2, 2, 0], [0, 2, 0, 0], 4)]), (0.8 + 2 / 3) / 2, name="macro_f1", when="classes 0 and 2 of four || 四类中只有 0 和 2")


def check_answered(work):
    """a class that is answered and never true counts, with 0 || 回答过却从未成为标签的类也算，F1 为 0"""
    close(work.macro_f1([batch([0, 1, 2], [0, 0, 2], 4)]), (2 / 3 + 0 + 1) / 3, name="macro_f1", when="labels 0, 0, 2, answers 0, 1, 2 || 标签 0、0、2，回答 0、1、2")
