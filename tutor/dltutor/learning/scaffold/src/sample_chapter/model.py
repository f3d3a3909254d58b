"""The model: two numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from .config import Config


class Line(nn.Module):
    """y = wx + b for x of shape (B, 1)."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(1, 1)  # w of shape (1, 1), b of shape (1,)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.layer(x)  # (B, 1)
        return y


def for_table(config: Config) -> tuple[nn.Module, Tensor]:  # noqa: ARG001
    """The model and an example input, for ``dltutor model``."""
    return Line(), torch.zeros(1, 1)
