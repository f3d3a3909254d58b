"""A classifier of texts by their words."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Classifier(nn.Module):
    """Filters over two words, the strongest answer, four classes."""

    def __init__(self, words: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(words, 16)
        self.conv = nn.Conv1d(16, 32, 2)
        self.out = nn.Linear(32, 4)

    def forward(self, ids: Tensor) -> Tensor:
        x = self.embedding(ids).transpose(1, 2)  # (B, 16, L)
        x = F.relu(self.conv(x)).amax(dim=2)  # (B, 32)
        return self.out(x)


def step(
    model: nn.Module,
    optimiser: torch.optim.Optimizer,
    ids: Tensor,
    y: Tensor,
) -> Tensor:
    """One step; returns the loss before it."""
    loss = F.cross_entropy(model(ids), y)
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.detach()


@torch.no_grad()
def probabilities(model: nn.Module, ids: Tensor) -> Tensor:
    """(B, 4), each row adding up to 1."""
    return torch.softmax(model(ids), dim=1)
