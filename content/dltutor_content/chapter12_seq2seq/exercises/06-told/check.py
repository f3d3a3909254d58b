import torch

from dltutor.learning.checks import close, equal


def after(table):
    """A model whose next token depends on the one before alone."""

    def model(source, written):
        said_next = torch.tensor([[table.get(t, 9) for t in row] for row in written.tolist()])
        return torch.nn.functional.one_hot(said_next, 10).float()

    return model


SOURCE = torch.tensor([[4, 2]])


def check_right(work):
    """a model without mistakes || 没有错误的模型"""
    target = torch.tensor([[1, 3, 4, 5, 2]])
    close(work.quality(after({1: 3, 3: 4, 4: 5, 5: 2}), SOURCE, target), 1.0, name="quality")


def check_slip(work):
    """after a slip it lives with its own tokens || 出错之后用的是自己的词元"""
    target = torch.tensor([[1, 3, 4, 5, 6, 2]])
    model = after({1: 7, 7: 7, 3: 4, 4: 5, 5: 6, 6: 2})  # wrong at once, then lost
    close(work.quality(model, SOURCE, target), 0.0, name="quality",
          when="the first token is wrong, and all that follow from it || 第一个词元错了，之后也跟着错")


def check_type(work):
    """a Python float || Python 的 float"""
    got = work.quality(after({1: 3, 3: 2}), SOURCE, torch.tensor([[1, 3, 2]]))
    equal(type(got), float, name="type(quality)")


def check_counted(work):
    """neither the end nor padding counts || 结束符和填充都不计"""
    target = torch.tensor([[1, 3, 8, 2, 0, 0], [1, 3, 4, 5, 6, 2]])
    model = after({1: 3, 3: 4, 4: 5, 5: 6, 6: 2})
    close(work.quality(model, SOURCE.expand(2, 2), target), 5 / 6, name="quality", when="3 8 EOS PAD PAD; 3 4 5 6 EOS")


def check_early(work):
    """an end that comes too early || 过早的结束符"""
    target = torch.tensor([[1, 3, 4, 3, 2]])
    model = after({1: 3, 3: 2, 2: 3, 0: 3})
    close(work.quality(model, SOURCE, target), 1 / 3, name="quality", when="3 EOS instead of 3 4 3 EOS || 写出 3 EOS，应为 3 4 3 EOS")
