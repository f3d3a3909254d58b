"""What follows from each step."""

import torch
from torch import Tensor


def discounted(rewards: Tensor, ended: Tensor, gamma: float) -> Tensor:
    """Rewards (T,) and ends of episodes (T,) bool to returns (T,)."""
    raise NotImplementedError
