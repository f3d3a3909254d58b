"""Cross-entropy from logits."""

import torch
from torch import Tensor


def log_softmax(logits: Tensor) -> Tensor:
    """Logits (B, C) to log-probabilities (B, C), each row by itself."""
    shifted = logits - logits.amax(dim=1, keepdim=True)  # (B, C), at most 0
    return shifted - shifted.exp().sum(dim=1, keepdim=True).log()


def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """Mean loss () of logits (B, C) and class indices (B,) of int64."""
    rows = torch.arange(len(labels), device=labels.device)
    return -log_softmax(logits)[rows, labels].mean()
