"""Cross-entropy from logits."""

import torch
from torch import Tensor


def log_softmax(logits: Tensor) -> Tensor:
    """Logits (B, C) to log-probabilities (B, C), each row by itself."""
    # Your part: right on paper, but not for the logits 1000 or -1000.
    exponentials = logits.exp()
    probabilities = exponentials / exponentials.sum(dim=1, keepdim=True)
    return probabilities.log()


def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """Mean loss () of logits (B, C) and class indices (B,) of int64."""
    rows = torch.arange(len(labels), device=labels.device)
    return -log_softmax(logits)[rows, labels].mean()
