"""The U-Net 1-32-64-128-64-32-1."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu

if TYPE_CHECKING:
    from dltutor_plugins.chapter02_hello.config import Config


class UNet(nn.Module):
    """From noisy to clean pictures: (B, 1, H, W) to the same shape.

    H and W are multiples of 4. Two steps down, two up, and on the way up
    each step also sees what the way down had at the same resolution. After
    O. Ronneberger, P. Fischer, T. Brox, "U-Net" (2015), arXiv:1505.04597,
    with far fewer layers. ``skips=False`` is the same net without the skips.
    """

    def __init__(self, skips: bool = True) -> None:
        super().__init__()
        self.skips = skips
        two = 2 if skips else 1  # a skip doubles the channels that come in
        self.enter = nn.Conv2d(1, 32, 3, padding=1)
        self.down1 = nn.Conv2d(32, 64, 3, stride=2, padding=1)
        self.down2 = nn.Conv2d(64, 128, 3, stride=2, padding=1)
        self.up2 = nn.ConvTranspose2d(128, 64, 4, stride=2, padding=1)
        self.up1 = nn.ConvTranspose2d(two * 64, 32, 4, 2, padding=1)
        self.leave = nn.Conv2d(two * 32, 1, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """Pictures (B, 1, H, W); the sizes below are for H = W = 28."""
        full = gelu(self.enter(x))  # (B, 32, 28, 28)
        half = gelu(self.down1(full))  # (B, 64, 14, 14)
        quarter = gelu(self.down2(half))  # (B, 128, 7, 7)
        up = gelu(self.up2(quarter))  # (B, 64, 14, 14)
        up = gelu(self.up1(self.join(up, half)))  # (B, 32, 28, 28)
        clean: Tensor = self.leave(self.join(up, full))  # (B, 1, 28, 28)
        return clean  # no Tanh, no sigmoid: any number may come out

    def join(self, up: Tensor, skip: Tensor) -> Tensor:
        """Side by side along the channels: 64 and 64 become 128."""
        return torch.cat((up, skip), dim=1) if self.skips else up


def count_parameters(model: nn.Module) -> int:
    """How many numbers the optimiser may change."""
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def for_table(config: Config) -> tuple[UNet, Tensor]:
    """The model and one input, for the layer table and the model file."""
    return UNet(config.skips), torch.zeros(1, 1, 28, 28)
