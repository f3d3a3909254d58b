"""The masks of a Transformer: True is "may be asked"."""

import torch
from torch import Tensor

PAD = 0


def causal(new: int, total: int) -> Tensor:
    """(1, 1, new, total): who may be asked by the last ``new`` tokens."""
    mask = torch.ones(new, total, dtype=torch.bool)
    return mask.tril(total - new)[None, None]


def cross(source: Tensor) -> Tensor:
    """(B, 1, 1, S): who of a source (B, S) may be asked."""
    return (source != PAD)[:, None, None]
