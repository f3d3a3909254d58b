import torch

from dltutor.learning.checks import equal, raises, shape


def numbered(batch, time, width):
    return torch.arange(batch * time * width, dtype=torch.float32).view(batch, time, width)


def check_split(work):
    """a head holds its part of every place || 每个头是每个位置的一部分"""
    x = numbered(2, 3, 8)
    got = work.split(x, 4)
    shape(got, (2, 4, 3, 2), name="split(x, 4)")
    for head in range(4):
        equal(got[:, head], x[:, :, 2 * head : 2 * head + 2], name="split(x, 4)",
              when=f"head {head} || 第 {head} 个头")


def check_join(work):
    """heads beside each other again || 各头重新并排"""
    x = numbered(2, 12, 5).view(2, 3, 4, 5)
    got = work.join(x)
    shape(got, (2, 4, 15), name="join(x)")
    for head in range(3):
        equal(got[:, :, 5 * head : 5 * head + 5], x[:, head], name="join(x)",
              when=f"head {head} || 第 {head} 个头")


def check_there_and_back(work):
    """join undoes split || join 还原 split"""
    x = numbered(2, 7, 12)
    for heads in (1, 2, 3, 12):
        equal(work.join(work.split(x, heads)), x, name="join(split(x))", when={"heads": heads})


def check_no_divisor(work):
    """heads that do not divide the width || 头数不能整除维数"""
    raises(ValueError, work.split, numbered(1, 5, 10), 3, name="split", when="width 10, 3 heads || 10 维，3 个头")
