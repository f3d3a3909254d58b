"""Loss and accuracy over a whole set of pictures."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@torch.no_grad()
def evaluate(
    model: nn.Module, images: Tensor, labels: Tensor, batch_size: int = 256
) -> tuple[float, float]:
    """Images (N, ...) float32, labels (N,) int64; returns (loss, accuracy)."""
    was_training = model.training
    model.eval()
    losses: list[Tensor] = []
    accuracies: list[Tensor] = []
    for start in range(0, len(images), batch_size):
        x = images[start : start + batch_size]
        y = labels[start : start + batch_size]
        logits = model(x)  # (B, classes)
        losses.append(F.cross_entropy(logits, y))
        accuracies.append((logits.argmax(dim=1) == y).float().mean())
    model.train(was_training)
    loss = torch.stack(losses).mean()
    accuracy = torch.stack(accuracies).mean()
    return loss.item(), accuracy.item()
