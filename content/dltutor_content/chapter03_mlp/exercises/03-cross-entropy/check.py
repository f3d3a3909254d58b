import math

import torch
import torch.nn.functional as F

from dltutor.learning.checks import close, dtype, gradient, shape, untouched


def check_small(work):
    """three small logits, worked out by hand || 三个较小的 logits，可以手算"""
    logits = torch.tensor([[0.0, math.log(2), math.log(5)]])
    expected = torch.tensor([[-math.log(8), math.log(2 / 8), math.log(5 / 8)]])
    got = untouched(work.log_softmax, logits, name="log_softmax(logits)", when={"logits": logits})
    close(got, expected, name="log_softmax(logits)", when={"logits": logits})


def check_large(work):
    """logits of 1000 and of -1000 || logits 为 1000 和 -1000"""
    for values, expected in (
        ([[1000.0, 0.0]], [[0.0, -1000.0]]),
        ([[-1000.0, -1000.0]], [[-math.log(2), -math.log(2)]]),
        ([[-2000.0, -1000.0, -1001.0]], [[-1000.3132617, -0.3132617, -1.3132617]]),
    ):
        logits = torch.tensor(values)
        # float32 numbers near 1000 lie 6e-5 apart: logits - logsumexp(logits) may round by that
        got = work.log_softmax(logits)
        close(
            got,
            torch.tensor(expected),
            atol=1e-4,
            name="log_softmax(logits)",
            when={"logits": logits},
        )


def check_rows(work):
    """rows of very different size do not disturb each other || 大小悬殊的各行互不影响"""
    logits = torch.tensor([[1000.0, 999.0], [0.0, 1.0], [-1000.0, -1003.0]])
    expected = torch.tensor(
        [[-0.3132617, -1.3132617], [-1.3132617, -0.3132617], [-0.0485874, -3.0485874]]
    )
    close(
        work.log_softmax(logits),
        expected,
        atol=1e-4,
        name="log_softmax(logits)",
        when={"logits": logits},
    )


def check_loss(work):
    """the loss is the mean over the pictures, a scalar || 损失是各张图片的平均值，一个标量"""
    logits = torch.tensor([[1000.0, 0.0], [1000.0, 0.0], [0.0, 0.0], [0.0, 0.0]])
    labels = torch.tensor([0, 1, 0, 1])
    got = work.cross_entropy(logits, labels)
    when = {"logits": logits, "labels": labels}
    shape(got, (), "cross_entropy(logits, labels)", when)
    close(
        got,
        torch.tensor((0 + 1000 + 2 * math.log(2)) / 4),
        name="cross_entropy(logits, labels)",
        when=when,
    )


def check_gradient(work):
    """the gradient is (softmax - one-hot) / B, for large logits too || 梯度是 (softmax - one-hot) / B，logits 很大时也一样"""
    torch.manual_seed(0)
    labels = torch.tensor([3, 0, 9, 9])
    for size in (1.0, 1000.0):
        gradient(
            lambda logits: work.cross_entropy(logits, labels),
            size * torch.randn(4, 10),
            like=lambda logits: F.cross_entropy(logits, labels),
            name="cross_entropy(logits, labels)",
            when=f"logits of size {size:g} || logits 的大小约为 {size:g}",
        )


def check_dtype(work):
    """float64 stays float64, with its digits || float64 仍是 float64，精度不丢"""
    logits = torch.tensor([[0.0, 1e-9]], dtype=torch.float64)
    got = work.log_softmax(logits)
    dtype(got, torch.float64, "log_softmax(logits)", {"logits": logits})
    close(got, logits.log_softmax(1), 1e-13, 1e-13, "log_softmax(logits)", {"logits": logits})
