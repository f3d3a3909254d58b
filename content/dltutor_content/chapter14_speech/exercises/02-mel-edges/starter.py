"""The mel scale and the corners of its filters."""

import torch
from torch import Tensor


def to_mel(f: Tensor) -> Tensor:
    """Hertz to mel."""
    # Your part.
    return f


def to_hertz(m: Tensor) -> Tensor:
    """Mel to hertz."""
    # Your part.
    return m


def edges(filters: int, low: float, high: float) -> Tensor:
    """The corners (filters + 2,) in hertz."""
    # Your part.
    return torch.linspace(low, high, filters + 2)
