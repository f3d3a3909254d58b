import torch

from dltutor.learning.checks import close, dtype, shape, untouched


def check_one_channel(work):
    """16 bits become numbers from -1 to 1 || 16 位整数变成 -1 到 1"""
    x = torch.tensor([-32768, 0, 16384, 32767], dtype=torch.int16)
    got = work.one_wave(x)
    dtype(got, torch.float32, "one_wave", when=x)
    close(got, torch.tensor([-1.0, 0.0, 0.5, 32767 / 32768]), name="one_wave", when=x)


def check_two_channels(work):
    """channels are averaged, not put one after the other || 声道取平均，而不是前后相接"""
    x = torch.tensor([[16384, -16384], [32767, 32767], [100, 300]], dtype=torch.int16)
    got = work.one_wave(x)
    shape(got, (3,), "one_wave", when=x)
    close(got, torch.tensor([0.0, 32767 / 32768, 200 / 32768]), name="one_wave", when=x)


def check_floats(work):
    """floats keep their values || 浮点数的值不变"""
    x = torch.tensor([[0.5, -0.25], [0.1, 0.1]])
    got = untouched(work.one_wave, x, name="one_wave")
    close(got, torch.tensor([0.125, 0.1]), name="one_wave", when=x)
    y = torch.tensor([0.25, -0.75])
    close(work.one_wave(y), y, name="one_wave", when=y)
