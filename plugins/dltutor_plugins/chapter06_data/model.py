"""A small convolutional network: chapter 6 is about what reaches it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from dltutor_plugins.chapter06_data.config import Config


class SmallCNN(nn.Module):
    """Pictures (B, 1, 28, 28), 0 to 1, to logits (B, classes)."""

    def __init__(self, classes: int = 10) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1),  # (B, 16, 28, 28)
            nn.ReLU(),
            nn.MaxPool2d(2),  # (B, 16, 14, 14)
            nn.Conv2d(16, 32, 3, padding=1),  # (B, 32, 14, 14)
            nn.ReLU(),
            nn.MaxPool2d(2),  # (B, 32, 7, 7)
        )
        self.dropout = nn.Dropout(0.2)
        self.output = nn.Linear(32 * 7 * 7, classes)

    def forward(self, x: Tensor) -> Tensor:
        x = self.features(x).flatten(1)  # (B, 1568)
        logits: Tensor = self.output(self.dropout(x))
        return logits


def for_table(_: Config) -> tuple[SmallCNN, Tensor]:
    """The model and one input, for the layer table and the model file."""
    return SmallCNN(), torch.zeros(1, 1, 28, 28)
