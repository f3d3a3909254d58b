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
        clean = pictures[indices]
        noisy = clean + std * torch.randn_like(clean)
        loss = F.mse_loss(model(noisy), clean)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        total += loss.item() * len(indices)
    return total / len(pictures)
