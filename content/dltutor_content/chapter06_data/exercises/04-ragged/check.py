import torch

from dltutor.learning.checks import close, dtype, equal, shape, that


def samples(*lengths):
    return [(torch.randn(n), 3 * k) for k, n in enumerate(lengths)]


def three(work, given, padding=0.0):
    got = work.collate(given, padding)
    that(
        type(got) is tuple and len(got) == 3,
        "collate should return three tensors: sequences, lengths, classes."
        " || collate 应当返回三个张量：序列、长度、类别。",
    )
    return got


def check_padded(work):
    """sequences, filled up at the end || 在末尾填充的序列"""
    given = samples(3, 5, 1)
    padded, _, _ = three(work, given, -7.0)
    shape(padded, (3, 5), "the sequences || 序列", when="lengths 3, 5, 1 || 长度 3、5、1")
    dtype(padded, torch.float32, "the sequences || 序列")
    expected = torch.full((3, 5), -7.0)
    for row, (x, _) in zip(expected, given):
        row[: len(x)] = x
    equal(padded, expected, "the sequences || 序列", when="padding -7 || 填充值 -7")


def check_lengths_and_classes(work):
    """lengths and classes as int64 || 长度和类别是 int64"""
    _, lengths, classes = three(work, samples(3, 5, 1))
    equal(lengths, torch.tensor([3, 5, 1]), "the lengths || 长度")
    equal(classes, torch.tensor([0, 3, 6]), "the classes || 类别")


def check_loader(work):
    """a DataLoader can use it || DataLoader 能使用它"""
    from torch.utils.data import DataLoader

    data = samples(4, 2, 6, 1, 3)
    batches = list(DataLoader(data, batch_size=2, collate_fn=work.collate))
    equal([tuple(b[0].shape) for b in batches], [(2, 4), (2, 6), (1, 3)], "shapes || 形状")


def check_mean(work):
    """means over the true values || 只对真实的值求平均"""
    given = samples(3, 5, 1)
    given[0][0][1] = 0.0
    expected = torch.stack([x.mean() for x, _ in given])
    for padding in (0.0, 100.0, float("nan")):
        padded = torch.full((3, 5), padding)
        for row, (x, _) in zip(padded, given):
            row[: len(x)] = x
        got = work.mean_of(padded, torch.tensor([3, 5, 1]))
        close(got, expected, name="mean_of", when=f"padding {padding} || 填充值 {padding}")
