import torch
from itertools import islice

from dltutor.learning.checks import equal, raises, shape, that


def five():
    x = torch.randint(0, 256, (5, 1, 4, 3), dtype=torch.uint8)
    return x, torch.tensor([2, 0, 1, 2, 9])


def check_sample(work):
    """length, picture and class || 长度、图片和类别"""
    x, y = five()
    data = work.Table(x, y)
    equal(len(data), 5, "len(data)")
    for i in (0, 3, -1):
        sample = data[i]
        that(
            type(sample) is tuple and len(sample) == 2,
            f"data[{i}] should be a pair (picture, class). || data[{i}] 应当是二元组（图片, 类别）。",
        )
        shape(sample[0], (1, 4, 3), f"data[{i}][0]")
        equal(sample[0], x[i], f"data[{i}][0]")
        that(
            type(sample[1]) is int,
            f"data[{i}][1] should be a Python int. || data[{i}][1] 应当是 Python 的 int。",
        )
        equal(sample[1], y.tolist()[i], f"data[{i}][1]")


def check_end(work):
    """a for loop ends after N samples || for 循环在 N 个样本之后结束"""
    data = work.Table(*five())
    raises(IndexError, lambda: data[5], name="data[5]", when="5 samples || 5 个样本")
    seen = sum(1 for _ in islice(iter(data), 20))
    equal(seen, 5, "samples in a for loop || for 循环得到的样本数")


def check_transform(work):
    """the transform changes the picture and not the class || 变换只改图片，不改类别"""
    x, y = five()
    calls = []

    def invert(picture):
        calls.append(type(picture).__name__)
        return 255 - picture

    data = work.Table(x, y, invert)
    sample = data[4]
    equal(sample[0], 255 - x[4], "data[4][0] with 255 - x || 变换为 255 - x 时的 data[4][0]")
    equal(sample[1], 9, "data[4][1] with a transform || 有变换时的 data[4][1]")
    data[4]
    equal(
        calls,
        ["Tensor", "Tensor"],
        "what the transform was given in two accesses || 两次访问中变换收到的东西",
    )


def check_in_place(work):
    """the stored pictures stay as they are || 存储的图片保持不变"""
    x, y = five()
    before = x.clone()

    def erase(picture):
        return picture.zero_()

    data = work.Table(x, y, erase)
    first = data[1][0]
    equal(first, torch.zeros_like(before[1]), "data[1][0] with zero_() || 变换为 zero_() 时的 data[1][0]")
    equal(x, before, "x after data[1] with a transform that writes in place || 就地改写的变换之后的 x")
