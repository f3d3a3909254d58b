"""A stack of residual parts."""

import torch
from torch import Tensor, nn


class Part(nn.Module):
    def __init__(self, width: int, dropout: float) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.network = nn.Sequential(
            nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width)
        )
        self.rate = dropout

    def forward(self, x: Tensor) -> Tensor:
        x = self.norm(x)
        return nn.Dropout(self.rate)(self.network(x))


class Stack(nn.Module):
    def __init__(self, width: int, layers: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.parts = nn.ModuleList([Part(width, dropout)] * layers)

    def forward(self, x: Tensor) -> Tensor:
        for part in self.parts:
            x = part(x)
        return x
