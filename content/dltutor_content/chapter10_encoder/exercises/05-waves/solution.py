"""Sinusoidal positions."""

import torch
from torch import Tensor


def waves(length: int, width: int) -> Tensor:
    """(length, width): sine and cosine of slower and slower waves."""
    place = torch.arange(length, dtype=torch.float32)[:, None]
    even = torch.arange(0, width, 2)
    angle = place / 10000 ** (even / width)
    pairs = torch.stack([angle.sin(), angle.cos()], dim=2)
    return pairs.flatten(1)[:, :width]
