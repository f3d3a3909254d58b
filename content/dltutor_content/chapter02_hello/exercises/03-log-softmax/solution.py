"""The logarithm of softmax, from its parts."""

import torch
from torch import Tensor


def log_softmax(z: Tensor) -> Tensor:
    """Logits (..., K) to logarithms of probabilities, along the last axis."""
    shifted = z - z.amax(dim=-1, keepdim=True)
    return shifted - torch.log(torch.exp(shifted).sum(dim=-1, keepdim=True))
