"""Features without each clip's mean."""

import torch
from torch import Tensor


def centred(x: Tensor, lengths: Tensor) -> Tensor:
    """x (B, T, bands), lengths (B,); the same shape."""
    places = torch.arange(x.shape[1])
    there = (places < lengths[:, None])[:, :, None]  # (B, T, 1)
    x = x.masked_fill(~there, 0)
    count = lengths.clamp(min=1)[:, None, None]
    return (x - x.sum(dim=1, keepdim=True) / count) * there
