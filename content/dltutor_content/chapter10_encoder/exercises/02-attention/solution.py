"""Scaled dot-product attention."""

import torch
from torch import Tensor


def attend(
    q: Tensor, k: Tensor, v: Tensor, there: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Mixed values (..., T, e) and weights (..., T, S)."""
    scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
    if there is not None:
        scores = scores.masked_fill(~there, -torch.inf)
    weights = scores.softmax(dim=-1)
    return weights @ v, weights
