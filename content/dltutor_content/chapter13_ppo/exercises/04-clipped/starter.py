"""What PPO's optimiser makes smaller."""

import torch
from torch import Tensor


def clipped_loss(
    log_probs: Tensor, old_log_probs: Tensor, advantages: Tensor, clip: float
) -> Tensor:
    """Log-probabilities (B,) and advantages (B,) to a scalar."""
    ratio = log_probs.exp() / old_log_probs.exp()
    return -(ratio.clamp(1 - clip, 1 + clip) * advantages).sum()
