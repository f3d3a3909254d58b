import torch

from dltutor.learning.checks import close, dtype, equal, shape, that, untouched

NAME = "batch(pictures, chosen)"


def check_values(work):
    """0, 51 and 255 become 0.0, 0.2 and 1.0 || 0、51 和 255 变成 0.0、0.2 和 1.0"""
    pictures = torch.tensor([[[0, 51, 255]]], dtype=torch.uint8)
    got = work.batch(pictures, torch.tensor([0]))
    dtype(got, torch.float32, NAME)
    close(got.flatten(), torch.tensor([0.0, 0.2, 1.0]), name="the pixels || 像素", when={"pictures": pictures})


def check_channel(work):
    """the result has an axis for the channel || 结果有通道轴"""
    got = work.batch(torch.zeros(7, 4, 5, dtype=torch.uint8), torch.tensor([6, 0, 3]))
    shape(got, (3, 1, 4, 5), NAME, "7 pictures of 4 x 5, three of them chosen || 7 张 4 x 5 的图片，取其中三张")


def check_order(work):
    """the chosen pictures come in the chosen order, also twice || 按给定的次序取图片，可以重复"""
    pictures = (torch.arange(5, dtype=torch.uint8) * 51)[:, None, None].expand(5, 2, 2).contiguous()
    got = work.batch(pictures, torch.tensor([3, 0, 3]))
    close(got[:, 0, 0, 0] if got.dim() == 4 else got[:, 0, 0], torch.tensor([0.6, 0.0, 0.6]),
          name="the first pixels || 各图片的第一个像素", when={"chosen": [3, 0, 3]})


def check_rows_and_columns(work):
    """rows stay rows and columns stay columns || 行仍是行，列仍是列"""
    torch.manual_seed(0)
    pictures = torch.randint(0, 256, (3, 2, 4), dtype=torch.uint8)
    got = work.batch(pictures, torch.tensor([2, 1]))
    close(got.reshape(2, 2, 4), pictures[[2, 1]].double().div(255).float(), name=NAME,
          when="pictures of 2 x 4 || 2 x 4 的图片")


def check_apart(work):
    """changing the batch leaves the set alone, and the other way round || 改动批量不影响集合，反之亦然"""
    pictures = torch.full((2, 3, 3), 100, dtype=torch.uint8)
    got = untouched(work.batch, pictures, torch.tensor([0, 1]), name=NAME)
    got.fill_(0.0)
    equal(pictures, torch.full((2, 3, 3), 100, dtype=torch.uint8), "the pictures || 图片",
          "after the batch was filled with 0 || 批量被填成 0 之后")


def check_tensor(work):
    """an empty choice is an empty batch || 一张也不取，就是空的批量"""
    got = work.batch(torch.zeros(7, 4, 5, dtype=torch.uint8), torch.zeros(0, dtype=torch.int64))
    that(
        tuple(got.shape) == (0, 1, 4, 5),
        f"With no picture chosen the shape should be (0, 1, 4, 5), not {tuple(got.shape)}: a list of"
        " pixels forgets the sizes, an index of a tensor keeps them."
        f" || 一张也不取时，形状应当是 (0, 1, 4, 5)，而不是 {tuple(got.shape)}：像素列表会丢掉尺寸，对张量取下标则会保留。",
    )
