"""Scaled dot-product attention."""

import torch
from torch import Tensor


def attend(
    q: Tensor, k: Tensor, v: Tensor, there: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Mixed values (..., T, e) and weights (..., T, S)."""
    # Your part: this asks every place equally much.
    weights = torch.ones(*q.shape[:-1], k.shape[-2]) / k.shape[-2]
    return weights @ v, weights
