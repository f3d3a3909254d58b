"""Loss and accuracy of a padded batch."""

import torch
import torch.nn.functional as F
from torch import Tensor


def measure(scores: Tensor, x: Tensor, y: Tensor) -> tuple[Tensor, float]:
    """Mean cross-entropy and share of right characters."""
    # Your part: this counts the padding.
    loss = F.cross_entropy(scores.flatten(0, 1), y.flatten().long())
    right = scores.argmax(dim=2) == y
    return loss, right.float().mean().item()
