import torch

from dltutor.learning.checks import close, equal


def logp(*rows):
    return torch.tensor(rows).log()


def same(got, expected, when):
    equal([tokens for tokens, _ in got], [tokens for tokens, _ in expected], name="tokens || 词元", when=when)
    close(torch.tensor([score for _, score in got]), torch.tensor([score for _, score in expected]),
          atol=1e-4, name="scores || 分数", when=when)


def check_first(work):
    """the first step || 第一步"""
    got = work.extend([((), 0.0)], logp([0.1, 0.1, 0.2, 0.6]), 2)
    same(got, [((3,), -0.5108), ((2,), -1.6094)], "p = 0.1 0.1 0.2 0.6, width 2")


def check_greedy_errs(work):
    """the second best beginning wins || 次好的开头胜出"""
    alive = [((3,), -0.5978), ((4,), -0.7985)]  # ln 0.55, ln 0.45
    rows = logp([0.1, 0.1, 0.1, 0.2, 0.5], [0.02, 0.02, 0.02, 0.04, 0.9])
    got = work.extend(alive, rows, 2)
    same(got, [((4, 4), -0.9039), ((3, 4), -1.2910)], "0.55 and 0.45, then 0.5 and 0.9")


def check_all_compete(work):
    """both places may go to one hypothesis || 两个名额可以都归一个假设"""
    got = work.extend([((3,), -0.1), ((4,), -9.0)], logp([0.02, 0.02, 0.02, 0.44, 0.5], [0.02, 0.02, 0.02, 0.04, 0.9]), 2)
    equal([tokens for tokens, _ in got], [(3, 4), (3, 3)], name="tokens || 词元", when="-0.1 and -9.0")


def check_ended(work):
    """who has ended stays as it is || 已结束的保持原样"""
    got = work.extend([((5, 2), -1.0), ((4, 4), -1.2)], logp([0.9, 0.02, 0.04, 0.04], [0.4, 0.3, 0.2, 0.1]), 3)
    same(got, [((5, 2), -1.0), ((4, 4, 0), -2.1163), ((4, 4, 1), -2.4040)], "one has ended || 一个已结束")


def check_mean(work):
    """a short one is not preferred || 不偏爱短的"""
    got = work.extend([((2,), -1.0), ((4, 4, 4), -1.0)], logp([0.25] * 4, [0.01, 0.01, 0.01, 0.97]), 1)
    equal([tokens for tokens, _ in got], [(4, 4, 4, 3)], name="tokens || 词元", when="-1.0 of one token, -1.03 of four || 一个词元 -1.0，四个词元 -1.03")


def check_few(work):
    """fewer tokens than the beam is wide || 词元比束宽还少"""
    got = work.extend([((), 0.0)], logp([0.6, 0.4]), 5)
    equal([tokens for tokens, _ in got], [(0,), (1,)], name="tokens || 词元", when="width 5, 2 tokens || 束宽 5，2 个词元")
