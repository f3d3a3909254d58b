"""From one vector a token to one vector a text."""

import torch
from torch import Tensor


def mean_vector(hidden: Tensor, mask: Tensor) -> Tensor:
    """(B, T, D) and (B, T) to (B, D)."""
    # Your part.
    return hidden.mean(dim=1)
