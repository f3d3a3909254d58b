"""Self-attention that can be asked token by token."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Past = tuple[Tensor, Tensor]
"""keys and values of the tokens so far, each (B, t, width)"""


class SelfAttention(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width)
        self.value = nn.Linear(width, width)

    def forward(
        self, x: Tensor, past: Past | None = None
    ) -> tuple[Tensor, Past]:
        """New tokens (B, T, width) behind a past; also the longer past."""
        q, k, v = self.query(x), self.key(x), self.value(x)
        past = (k, v)
        out = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return out, past
