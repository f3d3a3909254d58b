"""Points around a line, made from a seed: nothing to download."""

from __future__ import annotations

import torch
from torch import Tensor

SLOPE, INTERCEPT = 2.0, 1.0


def points(count: int, noise: float, seed: int) -> tuple[Tensor, Tensor]:
    """``count`` points: x in [-1, 1] of shape (N, 1) and y = 2x + 1 + noise of shape (N, 1)."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.rand(count, 1, generator=generator) * 2 - 1
    y = SLOPE * x + INTERCEPT + noise * torch.randn(count, 1, generator=generator)
    return x, y
