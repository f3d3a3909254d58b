"""The multilayer perceptron 784-312-256-10."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from dltutor_plugins.chapter03_mlp.config import Config


class MLP(nn.Module):
    """Three linear layers, ReLU between: (B, 1, 28, 28) to (B, classes).

    What comes out are logits: the softmax belongs to the loss.
    """

    def __init__(
        self,
        hidden1: int = 312,
        hidden2: int = 256,
        classes: int = 10,
        dropout: float = 0.1,
    ) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Flatten(),  # (B, 1, 28, 28) -> (B, 784)
            nn.Linear(28 * 28, hidden1),  # -> (B, 312)
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(hidden1, hidden2),  # -> (B, 256)
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(hidden2, classes),  # -> (B, 10)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Pictures (B, 1, 28, 28), 0 to 1, to logits (B, classes)."""
        logits: Tensor = self.layers(x)
        return logits


def count_parameters(model: nn.Module) -> int:
    """How many numbers the optimiser may change."""
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def for_table(config: Config) -> tuple[MLP, Tensor]:
    """The model and one input, for the layer table and the model file."""
    model = MLP(config.hidden1, config.hidden2, dropout=config.dropout)
    return model, torch.zeros(1, 1, 28, 28)
