"""Two functions with a choice, for a compiler to see whole."""

import torch
from torch import Tensor


def limit_norm(x: Tensor, limit: float) -> Tensor:
    """x (...,), scaled down to the norm ``limit`` where it is longer."""
    norm = (x * x).sum().sqrt()
    if norm.item() > limit:  # breaks the graph
        return x * (limit / norm)
    return x


def masked_mean(x: Tensor, mask: Tensor) -> Tensor:
    """Mean of x (N,) where mask (N,) is true, () float; 0 where nowhere."""
    if not mask.any():  # breaks the graph
        return torch.zeros(())
    return x[mask].mean()
