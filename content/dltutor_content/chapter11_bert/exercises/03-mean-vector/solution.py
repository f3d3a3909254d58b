"""From one vector a token to one vector a text."""

import torch
from torch import Tensor


def mean_vector(hidden: Tensor, mask: Tensor) -> Tensor:
    """(B, T, D) and (B, T) to (B, D)."""
    there = mask.bool()[:, :, None]
    total = hidden.masked_fill(~there, 0.0).sum(dim=1)
    return total / there.sum(dim=1).clamp(min=1)
