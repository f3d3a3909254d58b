import torch

from dltutor.learning.checks import close, shape, untouched

NAME = "psnr(pictures, clean)"


def check_by_hand(work):
    """the example of the statement || 题目里的例子"""
    clean = torch.tensor([1.0, 0.0]).view(1, 1, 1, 2)
    guess = torch.tensor([0.9, 0.3]).view(1, 1, 1, 2)
    close(work.psnr(guess, clean), torch.tensor([13.0103]), 1e-4, name=NAME, when="[0.9, 0.3] for [1, 0] || 用 [0.9, 0.3] 猜 [1, 0]")


def check_each(work):
    """each picture has a figure of its own || 每张图片各有自己的数"""
    clean = torch.zeros(3, 1, 4, 4)
    guess = torch.tensor([1.0, 0.1, 0.01])[:, None, None, None].expand(3, 1, 4, 4)
    got = work.psnr(guess, clean)
    shape(got, (3,), NAME)
    close(got, torch.tensor([0.0, 20.0, 40.0]), 1e-4, 1e-4, NAME, "errors of 1, 0.1 and 0.01 in all pixels || 所有像素的误差分别是 1、0.1 和 0.01")


def check_colour(work):
    """with three channels, and pictures that are not square || 三个通道，图片不是正方形"""
    torch.manual_seed(0)
    clean, guess = torch.rand(2, 3, 4, 7), torch.rand(2, 3, 4, 7)
    expected = torch.stack([-10 * (g - c).square().mean().log10() for g, c in zip(guess, clean, strict=True)])
    close(work.psnr(guess, clean), expected, 1e-4, name=NAME, when="shape (2, 3, 4, 7) || 形状 (2, 3, 4, 7)")


def check_bytes(work):
    """bytes, with a peak of 255 || 字节，峰值 255"""
    clean = torch.tensor([10, 200], dtype=torch.uint8).view(1, 1, 1, 2)
    guess = torch.tensor([11, 199], dtype=torch.uint8).view(1, 1, 1, 2)
    close(work.psnr(guess, clean, 255), torch.tensor([48.1308]), 1e-4, name="psnr(pictures, clean, 255)",
          when="bytes that differ by 1, one above and one below || 各相差 1 的字节，一个偏大，一个偏小")


def check_equal(work):
    """equal pictures have 100 dB, for every peak || 相同的图片是 100 dB，峰值是多少都一样"""
    clean = torch.rand(2, 1, 3, 3)
    close(work.psnr(clean, clean), torch.tensor([100.0, 100.0]), 1e-4, name=NAME, when="equal pictures || 相同的图片")
    white = torch.full((1, 1, 2, 2), 255, dtype=torch.uint8)
    close(work.psnr(white, white, 255), torch.tensor([100.0]), 1e-4, name="psnr(pictures, clean, 255)", when="equal bytes || 相同的字节")
    near = torch.full((1, 1, 2, 2), 1e-6)  # an MSE of 1e-12, so 120 dB but for the limit
    close(work.psnr(near, torch.zeros(1, 1, 2, 2)), torch.tensor([100.0]), 1e-4, name=NAME,
          when="pixels that differ by 1e-6 || 像素相差 1e-6")


def check_untouched(work):
    """the inputs stay as they were || 输入保持原样"""
    untouched(lambda a, b: work.psnr(a, b), torch.rand(2, 1, 3, 3), torch.rand(2, 1, 3, 3), name=NAME)
