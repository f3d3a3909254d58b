"""Loss and accuracy of a padded batch."""

import torch
import torch.nn.functional as F
from torch import Tensor


def measure(scores: Tensor, x: Tensor, y: Tensor) -> tuple[Tensor, float]:
    """Mean cross-entropy and share of right characters."""
    there = x > 0
    truth = y[there].long()  # (places,)
    rows = scores[there]  # (places, classes)
    right = (rows.argmax(dim=1) == truth) & (truth > 0)
    loss = F.cross_entropy(rows, truth)
    return loss, right.sum().item() / len(truth)
