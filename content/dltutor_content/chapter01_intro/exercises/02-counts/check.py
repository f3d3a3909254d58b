import math

import torch

from dltutor.learning.checks import close, equal, shape, that, untouched

INK = torch.tensor([[1.0, 0, 1], [1, 0, 0], [0, 1, 1]])
LABELS = torch.tensor([0, 0, 1])


def check_shares(work):
    """each share counts one imagined picture with ink and one without || 每个比例都多算一张有墨和一张没墨的图片"""
    got = untouched(work.shares, INK, LABELS, 2, name="shares(ink, labels, 2)", when={"ink": INK, "labels": LABELS})
    expected = torch.tensor([[3 / 4, 1 / 4, 2 / 4], [1 / 3, 2 / 3, 2 / 3]])
    close(got, expected, name="shares(ink, labels, 2)", when={"ink": INK, "labels": LABELS})


def check_empty_class(work):
    """a class without pictures has 0.5 everywhere || 没有图片的类别处处是 0.5"""
    got = work.shares(INK, LABELS, 4)
    shape(got, (4, 3), "shares(ink, labels, 4)")
    close(got[2:], torch.full((2, 3), 0.5), name="shares(ink, labels, 4)[2:]", when="no picture of classes 2 and 3 || 没有类别 2 和 3 的图片")


def check_scores(work):
    """pixels with ink vote with log q, pixels without with log (1 - q) || 有墨的像素投 log q，没墨的投 log (1 - q)"""
    shares = torch.tensor([[0.75, 0.25], [0.5, 0.9]])
    ink = torch.tensor([[1.0, 0.0], [0.0, 0.0]])
    log = math.log
    expected = torch.tensor(
        [[log(0.75) + log(0.75), log(0.5) + log(0.1)], [log(0.25) + log(0.75), log(0.5) + log(0.1)]]
    )
    close(work.scores(ink, shares), expected, name="scores(ink, shares)", when={"ink": ink, "shares": shares})


def check_no_underflow(work):
    """784 pixels give finite scores, also where a class never had ink || 784 个像素也得到有限的得分，即使某类从未有墨"""
    ink = torch.zeros(40, 784)
    ink[20:] = 1
    labels = torch.arange(40) // 20
    got = work.scores(1 - ink, work.shares(ink, labels, 2))
    shape(got, (40, 2), "scores(ink, shares)", "40 pictures of 784 pixels || 40 张 784 像素的图片")
    that(
        bool(torch.isfinite(got).all()),
        "Some scores are not finite: add logarithms instead of multiplying shares, and keep shares off 0 and 1."
        " || 有的得分不是有限的：要把对数相加，而不是把比例相乘，并且比例不能等于 0 或 1。",
    )


def check_reads(work):
    """it tells noisy copies of three patterns apart || 能区分三种图案的带噪声副本"""
    generator = torch.Generator().manual_seed(1)
    patterns = (torch.rand(3, 100, generator=generator) > 0.5).float()
    labels = torch.arange(300) % 3
    flips = (torch.rand(300, 100, generator=generator) < 0.2).float()
    ink = (patterns[labels] - flips).abs()
    learnt = work.shares(ink[:150], labels[:150], 3)
    equal(work.read(ink[150:], learnt), labels[150:], "read(ink, shares)", "a fifth of the pixels flipped || 五分之一的像素被翻转")
