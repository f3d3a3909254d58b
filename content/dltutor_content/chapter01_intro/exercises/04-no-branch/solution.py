"""Two functions with a choice, for a compiler to see whole."""

import torch
from torch import Tensor


def limit_norm(x: Tensor, limit: float) -> Tensor:
    """x (...,), scaled down to the norm ``limit`` where it is longer."""
    norm = (x * x).sum().clamp(min=1e-24).sqrt()
    return x * (limit / norm).clamp(max=1.0)


def masked_mean(x: Tensor, mask: Tensor) -> Tensor:
    """Mean of x (N,) where mask (N,) is true, () float; 0 where nowhere."""
    total = torch.where(mask, x, 0.0).sum()
    return total / mask.sum().clamp(min=1)
