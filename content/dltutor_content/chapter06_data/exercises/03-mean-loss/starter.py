"""The mean loss of an epoch."""

from collections.abc import Iterable

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@torch.no_grad()
def epoch_loss(
    model: nn.Module,
    batches: Iterable[tuple[Tensor, Tensor]],
) -> float:
    """Mean cross-entropy over all samples of ``batches``."""
    total, batch_size = 0.0, 0
    for x, y in batches:
        loss = F.cross_entropy(model(x), y)  # () float32
        total += loss.item()
        batch_size = max(batch_size, len(y))
    return total / batch_size
