import torch

from dltutor.learning.checks import equal, that


def read(train):
    """Ten pictures to train with, numbered 0 to 9; seven to test with, 100 to 106."""
    first, n = (0, 10) if train else (100, 7)
    numbers = torch.arange(first, first + n)
    return numbers.float().view(n, 1, 1, 1), numbers % 4


def joined(batches):
    return [int(v) for x, _ in batches for v in x.flatten()]


def check_test_pictures(work):
    """the test batches hold the test pictures, in order || 测试批量里是测试图片，次序不变"""
    _, to_test = work.loaders(read, 3)
    equal(
        joined(to_test),
        list(range(100, 107)),
        "the pictures of the test batches || 测试批量里的图片",
        "the test pictures are numbered 100 to 106 || 测试图片的编号是 100 到 106",
    )


def check_training_pictures(work):
    """the training batches hold every training picture once || 训练批量里每张训练图片恰好一次"""
    to_train, _ = work.loaders(read, 4)
    equal(
        sorted(joined(to_train)),
        list(range(10)),
        "the pictures of the training batches, sorted || 训练批量里的图片，排序之后",
    )


def check_shuffled(work):
    """training pictures are shuffled, by the seed; test pictures never || 训练图片按种子打乱，测试图片从不"""
    orders = [joined(work.loaders(read, 4, seed=s)[0]) for s in (0, 0, 1)]
    that(
        orders[0] != list(range(10)),
        "The training pictures come in the order of the file. || 训练图片是按文件次序来的。",
    )
    equal(orders[1], orders[0], "the order with seed 0, again || 种子 0 的次序，第二次")
    that(
        orders[2] != orders[0],
        "Seeds 0 and 1 give the same order. || 种子 0 和 1 给出同样的次序。",
    )
    tests = [joined(work.loaders(read, 4, seed=s)[1]) for s in (0, 5)]
    equal(tests[1], tests[0], "the test pictures with seed 5 || 种子 5 的测试图片")


def check_sizes(work):
    """no batch is left out, the last one may be smaller || 一个批量也不漏，最后一个可以较小"""
    to_train, to_test = work.loaders(read, 4)
    equal([len(y) for _, y in to_train], [4, 4, 2], "the sizes to train || 训练批量的大小")
    equal([len(y) for _, y in to_test], [4, 3], "the sizes to test || 测试批量的大小")


def check_labels(work):
    """each label stays with its picture || 标签跟着自己的图片"""
    for part in work.loaders(read, 3):
        for x, y in part:
            equal(y, x.flatten().long() % 4, "the labels of a batch || 一个批量的标签")
