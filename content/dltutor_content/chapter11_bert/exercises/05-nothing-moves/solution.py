"""A classifier on an encoder that was trained before."""

import torch
from torch import Tensor, nn


class Classifier(nn.Module):
    """ids (B, T) to logits (B, classes)."""

    def __init__(self, encoder: nn.Module, width: int, classes: int, frozen: bool):
        super().__init__()
        self.encoder = encoder.requires_grad_(not frozen)
        self.head = nn.Linear(width, classes)
        self.frozen = frozen

    def forward(self, ids: Tensor) -> Tensor:
        hidden = self.encoder(ids)  # (B, T, width)
        return self.head(hidden[:, 0])


def optimiser_of(model: Classifier, lr: float) -> torch.optim.Optimizer:
    """AdamW over all that is to be trained."""
    given = [p for p in model.parameters() if p.requires_grad]
    return torch.optim.AdamW(given, lr=lr)
