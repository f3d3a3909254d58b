"""Convolution, written out."""

import torch
import torch.nn.functional as F
from torch import Tensor


def conv2d(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
    groups: int = 1,
) -> Tensor:
    """(B, in, H, W) and (out, in / groups, kH, kW) to (B, out, H', W')."""
    x = F.pad(x, (padding, padding, padding, padding))
    out, _, height, width = weight.shape
    rows = (x.shape[2] - dilation * (height - 1) - 1) // stride + 1
    columns = (x.shape[3] - dilation * (width - 1) - 1) // stride + 1
    x = x.unflatten(1, (groups, -1))  # (B, g, in / g, H, W)
    weight = weight.unflatten(0, (groups, -1))  # (g, out / g, in / g, ...)
    y = x.new_zeros(len(x), groups, out // groups, rows, columns)
    for i in range(height):
        for j in range(width):
            below = x[..., i * dilation :: stride, j * dilation :: stride]
            part = below[..., :rows, :columns]
            y = y + torch.einsum(
                "bgirc,goi->bgorc", part, weight[..., i, j]
            )
    y = y.flatten(1, 2)
    return y if bias is None else y + bias[:, None, None]
