"""One layer of attention, and a mean: one vector a text."""

import torch
from torch import Tensor, nn


class Encoder(nn.Module):
    """ids (B, T) and mask (B, T), True for tokens, to vectors (B, width)."""

    def __init__(self, tokens: int, width: int):
        super().__init__()
        self.embedding = nn.Embedding(tokens, width)
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width)
        self.value = nn.Linear(width, width)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        x = self.embedding(ids)  # (B, T, width)
        scores = self.query(x) @ self.key(x).transpose(1, 2)
        scores = scores.masked_fill(~mask[:, None, :], -torch.inf)
        weights = (scores / x.shape[2] ** 0.5).softmax(dim=2)
        x = x + weights @ self.value(x)
        there = mask[:, :, None]
        return (x * there).sum(dim=1) / there.sum(dim=1)
