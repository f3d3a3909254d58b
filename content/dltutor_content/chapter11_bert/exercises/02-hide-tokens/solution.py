"""One step of masked language modelling."""

import torch
from torch import Tensor


def hide(
    ids: Tensor, may: Tensor, draw: Tensor, way: Tensor,
    other: Tensor, mask_id: int, share: float,
) -> tuple[Tensor, Tensor]:
    """What the model sees and what it must say, both (B, T) int64."""
    chosen = (draw < share) & may
    seen = torch.where(chosen & (way < 0.8), mask_id, ids)
    seen = torch.where(chosen & (way >= 0.9), other, seen)
    return seen, torch.where(chosen, ids, -100)
