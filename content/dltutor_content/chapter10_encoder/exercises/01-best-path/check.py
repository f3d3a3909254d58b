from itertools import product

import torch

from dltutor.learning.checks import equal


def by_trying(scores, moves):
    def total(path):
        value = sum(float(s[k]) for s, k in zip(scores, path))
        return value + sum(float(m[a, b]) for m, a, b in zip(moves, path, path[1:]))

    return list(max(product(*[range(len(s)) for s in scores]), key=total))


def check_worse_first_step(work):
    """the better path begins with the worse step || 更好的路径第一步较差"""
    scores = [torch.zeros(2), torch.tensor([-1.0, -2.0]), torch.zeros(1)]
    moves = [torch.zeros(2, 2), torch.tensor([[-9.0], [0.0]])]
    moves[0][1] = -1.0
    equal(work.best_path(scores, moves), [0, 1, 0], name="best_path")


def check_all_paths(work):
    """the same path as trying all of them || 与逐条试出来的路径相同"""
    generator = torch.Generator().manual_seed(10)
    for sizes in ((3, 4, 2, 3), (1, 5, 1), (2, 2, 2, 2, 2, 2), (4, 1)):
        scores = [torch.randn(k, generator=generator) for k in sizes]
        moves = [3 * torch.randn(a, b, generator=generator) for a, b in zip(sizes, sizes[1:])]
        when = f"{len(sizes)} places with {sizes} candidates || {len(sizes)} 个位置，候选数 {sizes}"
        equal(work.best_path(scores, moves), by_trying(scores, moves), name="best_path", when=when)


def check_one_place(work):
    """one place alone || 只有一个位置"""
    equal(work.best_path([torch.tensor([-3.0, -1.0, -2.0])], []), [1], name="best_path")


def check_untouched(work):
    """the scores stay as they were || 分数保持不变"""
    scores = [torch.zeros(2), torch.tensor([1.0, 2.0])]
    moves = [torch.ones(2, 2)]
    work.best_path(scores, moves)
    equal(scores[1], torch.tensor([1.0, 2.0]), name="scores[1]")
    equal(moves[0], torch.ones(2, 2), name="moves[0]")
