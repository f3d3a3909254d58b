"""One row for a review, whatever its length."""

import torch
from torch import Tensor


def pool(h: Tensor, lengths: Tensor) -> Tensor:
    """(B, T, D) to (B, 2 * D)."""
    empty = (torch.arange(h.shape[1]) >= lengths[:, None])[:, :, None]
    highest = h.masked_fill(empty, -torch.inf).amax(dim=1)
    mean = h.masked_fill(empty, 0).sum(dim=1) / lengths[:, None]
    return torch.cat([highest, mean], dim=1)
