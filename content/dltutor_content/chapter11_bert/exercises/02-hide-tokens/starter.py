"""One step of masked language modelling."""

import torch
from torch import Tensor


def hide(
    ids: Tensor, may: Tensor, draw: Tensor, way: Tensor,
    other: Tensor, mask_id: int, share: float,
) -> tuple[Tensor, Tensor]:
    """What the model sees and what it must say, both (B, T) int64."""
    # Your part.
    seen = torch.where(draw < share, mask_id, ids)
    return seen, ids
