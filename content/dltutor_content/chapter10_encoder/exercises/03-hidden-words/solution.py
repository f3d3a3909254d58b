"""Self-attention over sentences of different lengths."""

import torch
import torch.nn.functional as F
from torch import Tensor


def self_attention(x: Tensor, lengths: Tensor, heads: int) -> Tensor:
    """x (B, T, width), lengths (B,); the same shape."""
    batch, time, width = x.shape
    parts = x.view(batch, time, heads, width // heads).transpose(1, 2)
    there = torch.arange(time) < lengths[:, None]  # (B, T)
    mixed = F.scaled_dot_product_attention(
        parts, parts, parts, attn_mask=there[:, None, None, :]
    )
    return mixed.transpose(1, 2).reshape(x.shape)
