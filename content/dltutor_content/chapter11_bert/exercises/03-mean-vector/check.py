import torch

from dltutor.learning.checks import close, dtype, equal, shape, untouched

HIDDEN = torch.tensor(
    [[[1.0, 2.0], [3.0, 4.0], [90.0, 90.0]], [[5.0, 6.0], [7.0, 8.0], [9.0, 10.0]]]
)
MASK = torch.tensor([[1, 1, 0], [1, 1, 1]])
RIGHT = torch.tensor([[2.0, 3.0], [7.0, 8.0]])


def check_values(work):
    """the mean of the tokens that are there || 只对存在的词元求平均"""
    got = untouched(work.mean_vector, HIDDEN, MASK, name="mean_vector")
    shape(got, (2, 2), "mean_vector")
    dtype(got, torch.float32, "mean_vector")
    close(got, RIGHT, name="mean_vector", when=MASK)


def check_bool(work):
    """a mask of bool means the same || bool 掩码含义相同"""
    close(work.mean_vector(HIDDEN, MASK.bool()), RIGHT, name="mean_vector", when=MASK.bool())


def check_padding(work):
    """NaN in the padding has no influence || 填充里的 NaN 没有影响"""
    hidden = HIDDEN.clone()
    hidden[0, 2] = float("nan")
    hidden.requires_grad_(True)
    got = work.mean_vector(hidden, MASK)
    close(got.detach(), RIGHT, name="mean_vector with NaN in the padding")
    got.sum().backward()
    equal(hidden.grad[0, 2], torch.zeros(2), name="gradient in the padding")
    close(hidden.grad[1], torch.full((3, 2), 1 / 3), name="gradient of three tokens")


def check_empty(work):
    """no token at all gives zeros || 没有词元时得零"""
    got = work.mean_vector(HIDDEN, torch.zeros(2, 3, dtype=torch.int64))
    equal(got, torch.zeros(2, 2), name="mean_vector", when="mask of zeros")
