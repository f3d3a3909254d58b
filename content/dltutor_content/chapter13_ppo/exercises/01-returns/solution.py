"""What follows from each step."""

import torch
from torch import Tensor


def discounted(rewards: Tensor, ended: Tensor, gamma: float) -> Tensor:
    """Rewards (T,) and ends of episodes (T,) bool to returns (T,)."""
    goes_on = (~ended).float()
    returns = torch.empty_like(rewards)
    ahead = torch.zeros(())
    for t in reversed(range(len(rewards))):
        ahead = rewards[t] + gamma * goes_on[t] * ahead
        returns[t] = ahead
    return returns
