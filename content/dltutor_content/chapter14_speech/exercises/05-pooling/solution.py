"""One vector for a sequence."""

import torch
from torch import Tensor


def pool(x: Tensor, scores: Tensor, there: Tensor) -> tuple[Tensor, Tensor]:
    """x (B, T, width), scores and there (B, T)."""
    weights = scores.masked_fill(~there, -torch.inf).softmax(dim=1)
    return (weights[:, :, None] * x).sum(dim=1), weights
