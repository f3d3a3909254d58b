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
    follows = (~terminated).float()
    goes_on = (~(terminated | truncated)).float()
    errors = rewards + gamma * follows * next_values - values
    advantages = torch.empty_like(errors)
    ahead = torch.zeros_like(errors[0])
    for t in reversed(range(len(errors))):
        ahead = errors[t] + gamma * lam * goes_on[t] * ahead
        advantages[t] = ahead
    return advantages
