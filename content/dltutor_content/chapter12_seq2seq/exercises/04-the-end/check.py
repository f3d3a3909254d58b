import torch

from dltutor.learning.checks import equal


class Script:
    """Says each row of a script, then 9 for ever."""

    def __init__(self, *rows):
        self.rows, self.calls = rows, 0

    def __call__(self, said):
        self.calls += 1
        at = said.shape[1] - 1
        said_next = [row[at] if at < len(row) else 9 for row in self.rows]
        return torch.nn.functional.one_hot(torch.tensor(said_next), 10).float()


def check_one(work):
    """a single sentence || 单独一句"""
    equal(work.greedy(Script([5, 6, 2]), 1, 8), torch.tensor([[5, 6, 2]]), name="greedy", when="5 6 EOS")


def check_batch(work):
    """nothing behind the end of a shorter one || 短句结束之后没有内容"""
    got = work.greedy(Script([5, 2], [4, 5, 6, 2]), 2, 9)
    equal(got, torch.tensor([[5, 2, 0, 0], [4, 5, 6, 2]]), name="greedy", when="5 EOS; 4 5 6 EOS")


def check_order(work):
    """the last row may be the first to end || 最后一行可以最先结束"""
    got = work.greedy(Script([3, 4, 2], [2], [7, 2]), 3, 9)
    equal(got, torch.tensor([[3, 4, 2], [2, 0, 0], [7, 2, 0]]), name="greedy", when="3 4 EOS; EOS; 7 EOS")


def check_limit(work):
    """a row without an end stops at the limit || 没有结束的行在上限处停止"""
    got = work.greedy(Script([5, 2], [4, 4, 4, 4, 4, 4]), 2, 3)
    equal(got, torch.tensor([[5, 2, 0], [4, 4, 4]]), name="greedy", when="limit = 3")


def check_calls(work):
    """one call a token || 每个词元调用一次"""
    script = Script([5, 2], [4, 5, 6, 2])
    work.greedy(script, 2, 50)
    equal(script.calls, 4, name="calls of logits_of || logits_of 的调用次数", when="5 EOS; 4 5 6 EOS")
