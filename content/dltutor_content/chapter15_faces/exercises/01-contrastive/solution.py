"""The contrastive loss over all pairs of a batch."""

import torch
import torch.nn.functional as F
from torch import Tensor


def contrastive(z: Tensor, y: Tensor, margin: float = 1.0) -> Tensor:
    """Embeddings (B, D) and people (B,) to a scalar."""
    d = torch.cdist(z, z)  # (B, B)
    same = y[:, None] == y[None]  # (B, B)
    upper = torch.ones_like(same).triu(diagonal=1)
    pull = d[same & upper].square()
    push = F.relu(margin - d[~same & upper]).square()
    return (mean(pull) + mean(push)) / 2


def mean(values: Tensor) -> Tensor:
    return values.sum() / max(1, values.numel())
