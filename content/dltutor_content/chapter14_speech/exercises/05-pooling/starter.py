"""One vector for a sequence."""

import torch
from torch import Tensor


def pool(x: Tensor, scores: Tensor, there: Tensor) -> tuple[Tensor, Tensor]:
    """x (B, T, width), scores and there (B, T)."""
    # Your part.
    weights = torch.ones_like(scores) / scores.shape[1]
    return x.mean(dim=1), weights
