"""One epoch of training a denoiser."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def train_epoch(
    model: nn.Module,
    optimiser: torch.optim.Optimizer,
    pictures: Tensor,
    std: float,
    batch_size: int,
) -> float:
    """Clean pictures (N, 1, H, W), 0 to 1; returns the mean loss."""
    model.train()
    total = 0.0
    for indices in torch.randperm(len(pictures)).split(batch_size):
        batch = pictures[indices]
        batch = batch + std * torch.randn_like(batch)
        loss = F.mse_loss(model(batch), batch)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        total += loss.item() * len(indices)
    return total / len(pictures)
