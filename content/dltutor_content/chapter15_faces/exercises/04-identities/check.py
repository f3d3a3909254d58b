import numpy as np

from dltutor.learning.checks import equal, that

Y = np.repeat(np.arange(8), 3)


def split(work, seed=0, share=0.25, y=Y):
    return work.split_pairs(y, share, np.random.default_rng(seed))


def people(pairs, y=Y):
    return {int(y[k]) for i, j, _ in pairs for k in (i, j)}


def check_disjoint(work):
    """training and test share no person || 训练与测试没有共同的人"""
    for seed in range(3):
        train, test = split(work, seed)
        shared = sorted(people(train) & people(test))
        that(
            not shared,
            f"people {shared} stand in training pairs and in test pairs: the network knows them."
            f" || 人 {shared} 同时出现在训练对和测试对里：网络见过他们。",
        )


def check_counts(work):
    """all pairs inside each part || 每一部分内部的全部样本对"""
    train, test = split(work)
    equal(len(people(test)), 2, "people in the test || 测试的人数")
    equal((len(train), len(test)), (18 * 17 // 2, 6 * 5 // 2), "numbers of pairs || 样本对的个数")
    equal(sum(s for _, _, s in test), 6, "pairs of one person in the test || 测试中同一人的对数")


def check_labels(work):
    """same is 1 for one person, and i < j || 同一人 same 为 1，且 i < j"""
    train, test = split(work)
    for i, j, same in [*train, *test]:
        equal(int(same), int(Y[i] == Y[j]), f"same of the pair ({i}, {j}) || 样本对 ({i}, {j}) 的 same")
        that(i < j, f"pair ({i}, {j}): i < j || 样本对 ({i}, {j})：应当 i < j")


def check_generator(work):
    """another generator, other people || 换生成器就换人"""
    chosen = {tuple(sorted(people(split(work, seed)[1]))) for seed in range(8)}
    that(len(chosen) > 1, f"eight generators, always the people {chosen} || 八个生成器，总是这些人 {chosen}")
    y = np.array([7, 7, 3, 3, 3])
    train, test = split(work, 0, 0.9, y)
    equal(len(people(train, y)), 1, "people left for training, share 0.9 of two || 两个人、share 为 0.9 时剩下训练的人数")
