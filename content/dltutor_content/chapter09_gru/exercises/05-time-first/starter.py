"""A small reader."""

import torch
from torch import Tensor, nn


class Reader(nn.Module):
    """Indices (B, T) and lengths (B,) to logits (B, 2)."""

    def __init__(self, characters: int, width: int, hidden: int) -> None:
        super().__init__()
        self.embed = nn.Embedding(characters, width, padding_idx=0)
        self.gru = nn.GRU(width, hidden)
        self.verdict = nn.Linear(hidden, 2)

    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        states, _ = self.gru(self.embed(x))
        rows = torch.arange(len(x))
        return self.verdict(states[rows, lengths - 1])
