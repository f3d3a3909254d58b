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
    # Your part: how many rows and columns does the result have, and
    # what is in them?
    rows, columns = 1, 1
    return torch.zeros(len(x), len(weight), rows, columns, dtype=x.dtype)
