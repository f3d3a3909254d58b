"""Advantages of what was done."""

import torch
from torch import Tensor


def gae(
    rewards: Tensor,
    values: Tensor,
    next_values: Tensor,
    terminated: Tensor,
    truncated: Tensor,
    gamma: float,
    lam: float,
) -> Tensor:
    """All (T, N), the flags bool; to advantages (T, N)."""
    raise NotImplementedError
