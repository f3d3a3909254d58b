"""The masks of a Transformer: True is "may be asked"."""

import torch
from torch import Tensor

PAD = 0


def causal(new: int, total: int) -> Tensor:
    """(1, 1, new, total): who may be asked by the last ``new`` tokens."""
    return torch.ones(1, 1, new, total, dtype=torch.bool)


def cross(source: Tensor) -> Tensor:
    """(B, 1, 1, S): who of a source (B, S) may be asked."""
    return torch.ones(len(source), 1, 1, source.shape[1], dtype=torch.bool)
