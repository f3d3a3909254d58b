"""A Siamese network that is trained on pairs."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def make_pairs(y: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """People (N,) to places of all pairs and their labels, (P,) each."""
    first, second = torch.triu_indices(len(y), len(y), offset=1)
    same = (y[first] == y[second]).float()
    return first, second, same


def contrastive(d: Tensor, same: Tensor, margin: float = 1.0) -> Tensor:
    """Distances (P,) and labels (P,) to the mean loss."""
    pull = same * d.square()
    push = (1 - same) * F.relu(margin - d).square()
    return (pull + push).mean()


def step(
    model: nn.Module,
    optimiser: torch.optim.Optimizer,
    x: Tensor,
    y: Tensor,
) -> Tensor:
    """One step on all pairs of a batch; returns the loss."""
    first, second, same = make_pairs(y)
    z = model(x)  # both pictures of a pair through the same weights
    d = (z[first] - z[second]).square().sum(1).add(1e-8).sqrt()
    loss = contrastive(d, same)
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.detach()
