import copy

import torch

from dltutor.learning.checks import close, equal, shape, that


def noisy(work, seed=0, epoch=0, strength=1.0, n=6):
    data = work.Noisy(torch.zeros(n, 30), strength, seed)
    data.epoch = epoch
    return data


def check_noise(work):
    """x plus normal noise of the right strength || x 加上强度正确的正态噪声"""
    x = torch.arange(400.0).view(4, 100)
    data = work.Noisy(x, 0.5, 3)
    noise = torch.stack([data[i] for i in range(4)]) - x
    shape(data[0], (100,), "data[0]")
    spread = noise.std().item()
    that(
        0.4 < spread < 0.6,
        f"The noise should have a standard deviation of 0.5; it is {spread:.2f}."
        f" || 噪声的标准差应当是 0.5，实际是 {spread:.2f}。",
    )
    still = work.Noisy(x, 0.0, 3)
    close(still[2], x[2], name="data[2]", when="strength 0")


def check_repeatable(work):
    """what was asked before does not matter || 与之前取过什么无关"""
    data = noisy(work)
    third = data[3]
    for i in (0, 5, 3, 1):
        data[i]
    torch.rand(2)
    equal(data[3], third, "data[3], asked again || 再次取 data[3]")


def check_copies(work):
    """copies as in workers agree with the original || 工作进程里的拷贝与原件一致"""
    data = noisy(work, epoch=2)
    workers = [copy.deepcopy(data), copy.deepcopy(data)]
    parts = [workers[i % 2][i] for i in range(6)]
    alone = [data[i] for i in range(6)]
    equal(
        torch.stack(parts),
        torch.stack(alone),
        "samples 0 to 5 from two copies in turn || 由两份拷贝轮流给出的样本 0 到 5",
    )


def check_differs(work):
    """other samples, epochs and seeds have other noise || 样本、轮次或种子不同，噪声不同"""
    seen = {}
    for seed in (0, 1, 2):
        for epoch in (0, 1, 2):
            data = noisy(work, seed, epoch)
            for i in range(6):
                key = tuple(data[i].tolist())
                other = seen.setdefault(key, (seed, epoch, i))
                that(
                    other == (seed, epoch, i),
                    f"The same noise for (seed, epoch, i) = {other} and {(seed, epoch, i)}."
                    f" || (seed, epoch, i) = {other} 与 {(seed, epoch, i)} 的噪声相同。",
                )
    that(
        len(set(noisy(work)[0].tolist())) > 20,
        "All numbers of a sample get the same noise. || 一个样本的所有数加上了同样的噪声。",
    )


def check_global(work):
    """the global generator is left alone || 不动用全局生成器"""
    data = noisy(work)
    before = torch.get_rng_state()
    data[1]
    equal(torch.get_rng_state(), before, "the state of torch's generator || torch 生成器的状态")
