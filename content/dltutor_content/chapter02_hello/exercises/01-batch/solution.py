"""The input of a network, out of pictures that are kept as bytes."""

import torch
from torch import Tensor


def batch(pictures: Tensor, chosen: Tensor) -> Tensor:
    """Pictures (N, H, W) uint8 and positions (B,) to (B, 1, H, W), 0 to 1."""
    return pictures[chosen].unsqueeze(1).float() / 255
