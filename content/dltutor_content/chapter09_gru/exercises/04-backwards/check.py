import torch

from dltutor.learning.checks import close, equal, gradient, untouched


def rows():
    return torch.arange(1.0, 25.0).reshape(2, 6, 2)


def check_by_hand(work):
    """the row of the statement || 题目里的一行"""
    h = torch.tensor([[[1.0], [2.0], [3.0], [0.0], [0.0]]])
    equal(work.reverse(h, torch.tensor([3])), torch.tensor([[[3.0], [2.0], [1.0], [0.0], [0.0]]]), name="reverse", when=h)


def check_rows(work):
    """each row by its own length || 每行按自己的长度"""
    h = rows()
    expected = h.clone()
    expected[0, :2] = h[0, [1, 0]]
    expected[1] = h[1].flip(0)
    equal(untouched(work.reverse, h, torch.tensor([2, 6])), expected, name="reverse", when="lengths 2, 6 || 长度 2、6")


def check_short(work):
    """lengths 0 and 1 change nothing || 长度为 0 和 1 时不变"""
    h = rows()
    equal(work.reverse(h, torch.tensor([0, 1])), h, name="reverse", when="lengths 0, 1 || 长度 0、1")


def check_twice(work):
    """twice is the row again || 做两次还原"""
    h, lengths = rows(), torch.tensor([5, 3])
    equal(work.reverse(work.reverse(h, lengths), lengths), h, name="reverse(reverse(h))")


def check_padding(work):
    """what is padded on changes nothing in front || 多填充几处，前面不变"""
    h, lengths = rows(), torch.tensor([4, 6])
    longer = torch.cat([h, torch.full((2, 3, 2), 99.0)], dim=1)
    close(work.reverse(longer, lengths)[:, :6], work.reverse(h, lengths), name="reverse")


def check_gradient(work):
    """gradients pass || 梯度能传过去"""
    gradient(lambda h: work.reverse(h, torch.tensor([2, 5])), rows(), name="reverse")
