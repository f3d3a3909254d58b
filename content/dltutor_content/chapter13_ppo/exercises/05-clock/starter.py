"""What a critic should have said."""

from torch import Tensor


def targets(
    rewards: Tensor,
    next_values: Tensor,
    terminated: Tensor,
    truncated: Tensor,
    gamma: float,
) -> Tensor:
    """All (T, N), the flags bool; to targets (T, N)."""
    ended = terminated | truncated
    return rewards + gamma * next_values * (~ended).float()
