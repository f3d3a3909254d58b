import torch

from dltutor.learning.checks import close, dtype, equal, that, untouched

IDS = torch.tensor([[2, 10, 11, 12, 13, 3], [2, 14, 15, 3, 0, 0]])
MAY = IDS > 4
OTHER = torch.full_like(IDS, 99)


def check_ways(work):
    """mask, keep or replace, by the second number || 第二个数决定遮住、保留或替换"""
    draw = torch.tensor([[0.5, 0.1, 0.1, 0.1, 0.5, 0.5], [0.5] * 6])
    way = torch.tensor([[0.0, 0.2, 0.85, 0.95, 0.2, 0.2], [0.2] * 6])
    seen, labels = untouched(
        work.hide, IDS, MAY, draw, way, OTHER, 4, 0.15, name="hide"
    )
    equal(
        seen,
        torch.tensor([[2, 4, 11, 99, 13, 3], [2, 14, 15, 3, 0, 0]]),
        name="seen",
    )
    equal(
        labels,
        torch.tensor([[-100, 10, 11, 12, -100, -100], [-100] * 6]),
        name="labels",
    )
    dtype(seen, torch.int64, "seen")


def check_special(work):
    """[CLS], [SEP] and padding are never chosen || 特殊词元和填充从不被选中"""
    zero = torch.zeros(2, 6)
    seen, labels = work.hide(IDS, MAY, zero, zero, OTHER, 4, 0.15)
    equal(seen, torch.where(MAY, 4, IDS), name="seen, all draws 0")
    equal(labels, torch.where(MAY, IDS, -100), name="labels, all draws 0")


def check_none(work):
    """nothing is chosen, nothing is to be said || 一个也没选中时没有标签"""
    one = torch.full((2, 6), 0.99)
    seen, labels = work.hide(IDS, MAY, one, one, OTHER, 4, 0.15)
    equal(seen, IDS, name="seen, all draws 0.99")
    equal(labels, torch.full_like(IDS, -100), name="labels, all draws 0.99")


def check_shares(work):
    """of many tokens 15 %, of these 80, 10 and 10 % || 大量词元中占 15 %，其中 80、10、10 %"""
    generator = torch.Generator().manual_seed(1)
    ids = torch.full((100, 1000), 7)
    draw = torch.rand(ids.shape, generator=generator)
    way = torch.rand(ids.shape, generator=generator)
    seen, labels = work.hide(
        ids, ids > 4, draw, way, torch.full_like(ids, 9), 4, 0.15
    )
    chosen = labels != -100
    close(chosen.float().mean(), 0.15, rtol=0.03, name="share of labels")
    kinds = torch.stack([(seen[chosen] == k).float().mean() for k in (4, 9, 7)])
    close(
        kinds, torch.tensor([0.8, 0.1, 0.1]), rtol=0, atol=0.02,
        name="shares of mask, other, same",
    )
    that(
        bool((seen[~chosen] == 7).all()),
        "Tokens that are not chosen must stay. || 没有选中的词元必须保持不变。",
    )
