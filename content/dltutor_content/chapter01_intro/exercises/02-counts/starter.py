"""A digit reader that only counts."""

import torch
import torch.nn.functional as F
from torch import Tensor


def shares(ink: Tensor, labels: Tensor, classes: int) -> Tensor:
    """Pictures (N, D) of 0 and 1, labels (N,); shares (classes, D)."""
    # Your part.
    return torch.full((classes, ink.shape[1]), 0.5)


def scores(ink: Tensor, shares: Tensor) -> Tensor:
    """Pictures (N, D), shares (classes, D); sums of logs (N, classes)."""
    # Your part.
    return ink @ shares.T


def read(ink: Tensor, shares: Tensor) -> Tensor:
    """The class with the largest score, (N,)."""
    return scores(ink, shares).argmax(dim=1)
