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
        if self.training:
            mean = x.mean(dim=(0, 2, 3))
            var = x.var(dim=(0, 2, 3), unbiased=False)
            self.record(mean.detach(), var.detach(), x.numel() // x.shape[1])
        else:
            mean, var = self.running_mean, self.running_var
        scale = self.weight / (var + EPSILON).sqrt()
        shift = self.bias - mean * scale
        return x * scale[:, None, None] + shift[:, None, None]

    def record(self, mean: Tensor, var: Tensor, n: int) -> None:
        self.running_mean = torch.lerp(self.running_mean, mean, MOMENTUM)
        unbiased = var * n / (n - 1)
        self.running_var = torch.lerp(self.running_var, unbiased, MOMENTUM)
