"""Sinusoidal positions."""

import torch
from torch import Tensor


def waves(length: int, width: int) -> Tensor:
    """(length, width): sine and cosine of slower and slower waves."""
    # Your part.
    return torch.arange(length, dtype=torch.float32)[:, None].repeat(1, width)
