"""The mel scale and the corners of its filters."""

import torch
from torch import Tensor


def to_mel(f: Tensor) -> Tensor:
    """Hertz to mel."""
    return 2595 * torch.log10(1 + f / 700)


def to_hertz(m: Tensor) -> Tensor:
    """Mel to hertz."""
    return 700 * (10 ** (m / 2595) - 1)


def edges(filters: int, low: float, high: float) -> Tensor:
    """The corners (filters + 2,) in hertz."""
    first, last = to_mel(torch.tensor([low, high], dtype=torch.float64))
    mels = torch.linspace(
        first.item(), last.item(), filters + 2, dtype=torch.float64
    )
    return to_hertz(mels)
