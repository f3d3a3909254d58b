"""The policy's part of PPO's loss."""

import torch
from torch import Tensor


def policy_loss(
    log_probs: Tensor,
    old_log_probs: Tensor,
    advantages: Tensor,
    entropy: Tensor,
    clip: float,
    weight: float,
) -> Tensor:
    """Tensors (B,) to a scalar."""
    ratio = (log_probs - old_log_probs).exp()
    free = ratio * advantages
    held = ratio.clamp(1 - clip, 1 + clip) * advantages
    objective = torch.minimum(free, held).mean()
    return -objective - weight * entropy.mean()
