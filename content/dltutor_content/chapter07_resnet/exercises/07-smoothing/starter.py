"""Label smoothing."""

import math

from torch import Tensor


def smooth_cross_entropy(logits: Tensor, y: Tensor, s: float) -> Tensor:
    """Logits (B, K), class indices (B,), share s; the mean over the batch."""
    # Your part.
    return logits.sum() * 0


def smallest_loss(classes: int, s: float) -> float:
    """What a perfect answer still costs: the entropy of the target."""
    right, other = 1 - s + s / classes, s / classes
    rest = (classes - 1) * other * math.log(other) if s else 0.0
    return -right * math.log(right) - rest
