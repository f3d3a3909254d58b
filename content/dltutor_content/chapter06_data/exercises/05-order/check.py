import torch

from dltutor.learning.checks import equal, that


def of(work, count=23, size=5, seed=0, epoch=0, done=0):
    sampler = work.Batches(count, size, seed)
    sampler.epoch, sampler.done = epoch, done
    return sampler


def check_once_each(work):
    """every position once, in lists of the right size || 每个位置一次，列表大小正确"""
    lists = list(of(work))
    that(
        all(type(one) is list and all(type(i) is int for i in one) for one in lists),
        "Each batch should be a list of Python ints. || 每一批应当是由 Python int 组成的列表。",
    )
    equal([len(one) for one in lists], [5, 5, 5, 5, 3], "sizes || 大小", when="23 positions, batches of 5 || 23 个位置，每批 5 个")
    flat = [i for one in lists for i in one]
    equal(sorted(flat), list(range(23)), "all positions, sorted || 全部位置（排序后）")
    that(flat != list(range(23)), "The order is not shuffled. || 顺序没有打乱。")


def check_repeatable(work):
    """seed and epoch alone decide || 只由种子和轮次决定"""
    first = list(of(work, seed=4, epoch=2))
    torch.rand(3)
    equal(list(of(work, seed=4, epoch=2)), first, "the same seed and epoch || 种子和轮次相同")
    sampler = of(work, seed=4, epoch=2)
    list(sampler)
    equal(list(sampler), first, "the same object a second time || 同一个对象第二次遍历")


def check_differs(work):
    """other epochs and seeds give other orders || 轮次或种子不同，顺序不同"""
    seen = {}
    for seed in range(6):
        for epoch in range(6):
            order = str(list(of(work, 60, 60, seed, epoch)))
            other = seen.setdefault(order, (seed, epoch))
            that(
                other == (seed, epoch),
                f"Seed {seed} in epoch {epoch} gives the same order as seed {other[0]} in epoch {other[1]}."
                f" || 种子 {seed} 的第 {epoch} 轮次与种子 {other[0]} 的第 {other[1]} 轮次顺序相同。",
            )


def check_resumed(work):
    """after k batches comes the rest || 完成 k 批之后是剩下的部分"""
    full = list(of(work, seed=1, epoch=3))
    for done in (0, 1, 4, 5):
        equal(
            list(of(work, seed=1, epoch=3, done=done)),
            full[done:],
            "the batches that are left || 剩下的批",
            when=f"done = {done}",
        )


def check_length(work):
    """len counts what is yielded || len 等于给出的个数"""
    for count, size, done in ((23, 5, 0), (20, 5, 0), (23, 5, 2), (3, 8, 0), (20, 5, 4)):
        sampler = of(work, count, size, done=done)
        equal(
            len(sampler),
            len(list(sampler)),
            "len",
            when=f"count {count}, batch_size {size}, done {done}",
        )


def check_global(work):
    """the global generator is left alone || 不动用全局生成器"""
    before = torch.get_rng_state()
    list(of(work))
    equal(torch.get_rng_state(), before, "the state of torch's generator || torch 生成器的状态")


def check_loader(work):
    """a DataLoader goes on where it was || DataLoader 从中断处继续"""
    from torch.utils.data import DataLoader

    data = torch.arange(23)
    whole = [b.tolist() for b in DataLoader(data, batch_sampler=of(work))]
    rest = [b.tolist() for b in DataLoader(data, batch_sampler=of(work, done=3))]
    equal(rest, whole[3:], "the batches of a resumed epoch || 续跑轮次的批")
