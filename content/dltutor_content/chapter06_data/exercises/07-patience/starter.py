"""Early stopping."""

from collections.abc import Sequence


def stop(losses: Sequence[float], patience: int) -> tuple[int, int]:
    """The epoch to keep and the last epoch trained, from 0."""
    # Your part.
    best = losses.index(min(losses))
    return best, len(losses) - 1
