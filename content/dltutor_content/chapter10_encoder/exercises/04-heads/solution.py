"""Heads and back."""

from torch import Tensor


def split(x: Tensor, heads: int) -> Tensor:
    """(B, T, width) to (B, heads, T, width / heads)."""
    batch, time, width = x.shape
    if width % heads:
        raise ValueError(f"{heads} heads do not divide a width of {width}")
    return x.reshape(batch, time, heads, width // heads).transpose(1, 2)


def join(x: Tensor) -> Tensor:
    """(B, heads, T, size) to (B, T, heads * size)."""
    return x.transpose(1, 2).flatten(2)
