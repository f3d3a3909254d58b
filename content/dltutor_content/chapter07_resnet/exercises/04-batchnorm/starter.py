"""Batch normalisation of pictures."""

import torch
from torch import Tensor

EPSILON = 1e-5
MOMENTUM = 0.1


class BatchNorm:
    """As nn.BatchNorm2d; all tensors of its own have the shape (C,)."""

    def __init__(self, channels: int) -> None:
        self.weight = torch.ones(channels)
        self.bias = torch.zeros(channels)
        self.running_mean = torch.zeros(channels)
        self.running_var = torch.ones(channels)
        self.training = True

    def __call__(self, x: Tensor) -> Tensor:
        """(B, C, H, W), shape kept."""
        # Your part.
        return x
