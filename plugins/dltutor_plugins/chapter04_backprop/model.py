"""The same network and the same line in PyTorch, where autograd goes backward."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from dltutor_plugins.chapter04_backprop import network

if TYPE_CHECKING:
    from dltutor_plugins.chapter04_backprop.config import Config
    from dltutor_plugins.chapter04_backprop.network import Array, Weights

FUNCTIONS = {"sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "relu": nn.ReLU}


class StackedLinear(nn.Module):
    """``nn.Linear`` of S networks side by side: (..., B, n) to (S, B, m)."""

    def __init__(self, weight: Array, bias: Array) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.from_numpy(weight.copy()))
        self.bias = nn.Parameter(torch.from_numpy(bias.copy()))

    def forward(self, x: Tensor) -> Tensor:
        """x (B, n) or (S, B, n), weight (S, n, m), bias (S, 1, m)."""
        return x @ self.weight + self.bias


class Xor(nn.Sequential):
    """S networks 2-5-1: (B, 2) to logits (S, B, 1), in float64."""

    def __init__(self, weights: Weights, activation: str) -> None:
        super().__init__(
            StackedLinear(weights.w1, weights.b1),
            FUNCTIONS[activation](),
            StackedLinear(weights.w2, weights.b2),
        )


class Line(nn.Module):
    """y = bias + slope·x: (B,) to (B,), in float64, from (0, 0)."""

    def __init__(self) -> None:
        super().__init__()
        self.theta = nn.Parameter(torch.zeros(2, dtype=torch.float64))

    def forward(self, x: Tensor) -> Tensor:
        return self.theta[0] + self.theta[1] * x


def create(config: Config, seed: int = 0) -> Xor | Line:
    """The model of the configuration; the k-th network has seed + k."""
    if config.task == "line":
        return Line()
    seeds = range(seed, seed + config.networks)
    weights = network.stack(network.create(s) for s in seeds)
    return Xor(weights, config.activation)


def for_table(config: Config) -> tuple[nn.Module, Tensor]:
    """The model and one input, for the layer table and the model file."""
    shape = (1,) if config.task == "line" else (1, 2)
    return create(config), torch.zeros(shape, dtype=torch.float64)
