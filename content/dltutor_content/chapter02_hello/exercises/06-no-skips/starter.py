"""A small U-Net, 1-8-16-32-16-8-1."""

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu


class UNet(nn.Module):
    """From noisy to clean pictures: (B, 1, H, W) to the same shape."""

    def __init__(self) -> None:
        super().__init__()
        self.enter = nn.Conv2d(1, 8, 3, padding=1)
        self.down1 = nn.Conv2d(8, 16, 3, stride=2, padding=1)
        self.down2 = nn.Conv2d(16, 32, 3, stride=2, padding=1)
        self.up2 = nn.ConvTranspose2d(32, 16, 4, stride=2, padding=1)
        self.up1 = nn.ConvTranspose2d(16 + 16, 8, 4, stride=2, padding=1)
        self.leave = nn.Conv2d(8 + 8, 1, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        full = gelu(self.enter(x))  # (B, 8, H, W)
        half = gelu(self.down1(full))  # (B, 16, H/2, W/2)
        quarter = gelu(self.down2(half))  # (B, 32, H/4, W/4)
        up = gelu(self.up2(quarter))  # (B, 16, H/2, W/2)
        up = gelu(self.up1(torch.cat((up, half), dim=1)))  # (B, 8, H, W)
        return self.leave(torch.cat((up, up), dim=1))  # (B, 1, H, W)
