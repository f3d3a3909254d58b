"""Rows turned round."""

import torch
from torch import Tensor


def reverse(h: Tensor, lengths: Tensor) -> Tensor:
    """(B, T, D), each row backwards within its length."""
    t = torch.arange(h.shape[1])  # (T,)
    n = lengths[:, None]  # (B, 1)
    place = torch.where(t < n, n - 1 - t, t)  # (B, T)
    return h.gather(1, place[:, :, None].expand_as(h))
