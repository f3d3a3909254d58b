"""Label smoothing."""

import math

from torch import Tensor


def smooth_cross_entropy(logits: Tensor, y: Tensor, s: float) -> Tensor:
    """Logits (B, K), class indices (B,), share s; the mean over the batch."""
    log_p = logits.log_softmax(dim=1)
    usual = -log_p.gather(1, y[:, None])[:, 0]  # (B,)
    smooth = -log_p.mean(dim=1)  # (B,)
    return ((1 - s) * usual + s * smooth).mean()


def smallest_loss(classes: int, s: float) -> float:
    """What a perfect answer still costs: the entropy of the target."""
    right, other = 1 - s + s / classes, s / classes
    rest = (classes - 1) * other * math.log(other) if s else 0.0
    return -right * math.log(right) - rest
