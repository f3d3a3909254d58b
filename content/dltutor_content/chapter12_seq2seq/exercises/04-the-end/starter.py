"""Greedy search over a batch."""

from collections.abc import Callable

import torch
from torch import Tensor

PAD, BOS, EOS = 0, 1, 2


def greedy(
    logits_of: Callable[[Tensor], Tensor], batch: int, limit: int
) -> Tensor:
    """The likeliest tokens (B, T), T <= limit, without BOS.

    ``logits_of`` takes what was written so far (B, t), BOS included, and
    gives logits (B, n) of the next token.
    """
    said = torch.full((batch, 1), BOS)
    for _ in range(limit):
        token = logits_of(said).argmax(dim=1)  # (B,)
        said = torch.cat([said, token[:, None]], dim=1)
        if (token == EOS).all():
            break
    return said[:, 1:]
