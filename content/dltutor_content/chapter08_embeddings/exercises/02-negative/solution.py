"""Negative sampling."""

import torch
import torch.nn.functional as F
from torch import Tensor


def loss(h: Tensor, true: Tensor, noise: Tensor) -> Tensor:
    """(B, D), (B, D) and (B, K, D) to the mean loss."""
    yes = F.logsigmoid((h * true).sum(dim=1))  # (B,)
    scores = torch.bmm(noise, h[:, :, None]).squeeze(2)  # (B, K)
    no = F.logsigmoid(-scores).sum(dim=1)
    return -(yes + no).mean()
