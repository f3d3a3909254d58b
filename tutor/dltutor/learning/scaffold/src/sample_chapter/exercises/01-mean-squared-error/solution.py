"""The error of a line, and which way is down."""

from torch import Tensor


def loss_and_gradient(w: Tensor, b: Tensor, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Mean squared error of wx + b on points (N,), and its derivatives by w and by b."""
    error = w * x + b - y
    return error.square().mean(), 2 * (error * x).mean(), 2 * error.mean()
