"""One row for a review, whatever its length."""

import torch
from torch import Tensor


def pool(h: Tensor, lengths: Tensor) -> Tensor:
    """(B, T, D) to (B, 2 * D)."""
    # Your part: the padding must not take part.
    return torch.cat([h.amax(dim=1), h.mean(dim=1)], dim=1)
