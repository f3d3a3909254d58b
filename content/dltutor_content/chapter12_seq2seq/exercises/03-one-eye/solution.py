"""Attention of an output to a source."""

import math

import torch
from torch import Tensor, nn


class Cross(nn.Module):
    """Places of the output (B, T, width) ask a source (B, S, width)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width)
        self.value = nn.Linear(width, width)

    def forward(self, x: Tensor, source: Tensor, there: Tensor) -> Tensor:
        """``there`` (B, S) is False where the source is padding."""
        q = self.query(x)  # (B, T, width)
        k, v = self.key(source), self.value(source)  # (B, S, width)
        score = q @ k.transpose(1, 2) / math.sqrt(q.shape[2])  # (B, T, S)
        score = score.masked_fill(~there[:, None], -math.inf)
        return score.softmax(dim=2) @ v
