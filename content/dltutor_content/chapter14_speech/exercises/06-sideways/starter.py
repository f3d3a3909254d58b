"""A small listener with one layer of attention."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Listener(nn.Module):
    """(B, bands, T) to (B, classes)."""

    def __init__(self, bands: int, width: int, classes: int) -> None:
        super().__init__()
        self.embed = nn.Linear(101, width)
        self.qkv = nn.Linear(width, 3 * width)
        self.head = nn.Linear(width, classes)

    def forward(self, x: Tensor) -> Tensor:
        places = self.embed(x)
        q, k, v = self.qkv(places).chunk(3, dim=2)
        places = places + F.scaled_dot_product_attention(q, k, v)
        return self.head(places.mean(dim=1))
