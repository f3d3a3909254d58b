"""A head for classes: logits, probabilities, loss."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Head(nn.Module):
    """Vectors (B, width) to one score a class (B, classes)."""

    def __init__(self, width: int, classes: int):
        super().__init__()
        self.linear = nn.Linear(width, classes)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x).softmax(dim=1)

    def probabilities(self, x: Tensor) -> Tensor:
        return self.forward(x)

    def loss(self, x: Tensor, y: Tensor) -> Tensor:
        return F.cross_entropy(self.forward(x), y)
