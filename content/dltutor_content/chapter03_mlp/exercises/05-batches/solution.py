"""Mini-batches from tensors that lie on the device."""

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def batches(
    images: Tensor,
    labels: Tensor,
    batch_size: int,
    generator: torch.Generator | None = None,
) -> Iterator[tuple[Tensor, Tensor]]:
    """Images (N, ...) and labels (N,), in batches and in a new random order."""
    order = torch.randperm(len(images), generator=generator)
    for indices in order.to(images.device).split(batch_size):
        yield images[indices], labels[indices]


def train_epoch(
    model: nn.Module,
    optimiser: torch.optim.Optimizer,
    images: Tensor,
    labels: Tensor,
    batch_size: int,
) -> None:
    """One pass over pictures (N, 1, 28, 28) of bytes."""
    model.train()
    for x, y in batches(images, labels, batch_size):
        loss = F.cross_entropy(model(x.float() / 255), y)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
