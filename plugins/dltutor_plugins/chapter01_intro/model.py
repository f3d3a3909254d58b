"""A small network, written in plain formulas for a compiler to fuse."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from dltutor_plugins.chapter01_intro.config import Config


def gelu(x: Tensor) -> Tensor:
    """GELU by its tanh formula, any shape: x times a smooth step.

    Hendrycks and Gimpel, https://arxiv.org/abs/1606.08415. Written out
    on purpose: nine small operations, each a pass over memory.
    """
    inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x)
    return 0.5 * x * (1 + torch.tanh(inner))


class Block(nn.Module):
    """Scales each row, mixes it, bends it, and adds it: (B, n) to (B, n)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.mix = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        scale = torch.rsqrt((x * x).mean(dim=1, keepdim=True) + 1e-6)
        return x + gelu(self.mix(x * scale))


class Network(nn.Module):
    """Pictures (B, 1, 28, 28), 0 to 1, to logits (B, classes)."""

    def __init__(
        self, width: int = 256, blocks: int = 2, classes: int = 10
    ) -> None:
        super().__init__()
        self.first = nn.Linear(28 * 28, width)
        self.blocks = nn.Sequential(*(Block(width) for _ in range(blocks)))
        self.last = nn.Linear(width, classes)

    def forward(self, x: Tensor) -> Tensor:
        x = self.first(x.flatten(1))  # (B, 784) -> (B, width)
        logits: Tensor = self.last(self.blocks(x))  # -> (B, classes)
        return logits


def for_table(config: Config) -> tuple[Network, Tensor]:
    """The model and one input, for the layer table and the model file."""
    model = Network(config.width, config.blocks)
    return model, torch.zeros(1, 1, 28, 28)
