"""One epoch of training, with the mean loss and the accuracy on the way."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def train_epoch(
    model: nn.Module,
    optimiser: torch.optim.Optimizer,
    images: Tensor,
    labels: Tensor,
    batch_size: int,
) -> tuple[float, float]:
    """Images (N, ...) float32, labels (N,) int64; returns (loss, accuracy)."""
    model.train()
    loss_sum, right = 0.0, 0
    order = torch.randperm(len(images), device=images.device)
    for indices in order.split(batch_size):
        x, y = images[indices], labels[indices]
        probabilities = model(x).softmax(dim=1)  # (B, classes)
        loss = F.cross_entropy(probabilities, y)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        loss_sum += loss.item() * len(x)
        right += (probabilities.argmax(dim=1) == y).sum().item()
    return loss_sum / len(images), right / len(images)
