"""The bottleneck block of ResNet-50 and deeper."""

import torch.nn.functional as F
from torch import Tensor, nn


class Bottleneck(nn.Module):
    """(B, c_in, H, W) to (B, 4 width, H / stride, W / stride)."""

    def __init__(self, c_in: int, width: int, stride: int = 1) -> None:
        super().__init__()
        c_out = 4 * width
        self.layers = nn.Sequential(
            nn.Conv2d(c_in, width, 1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.Conv2d(width, width, 3, stride, padding=1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.Conv2d(width, c_out, 1, bias=False),
            nn.BatchNorm2d(c_out),
        )
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or c_in != c_out:
            self.shortcut = nn.Sequential(
                nn.Conv2d(c_in, c_out, 1, stride, bias=False),
                nn.BatchNorm2d(c_out),
            )

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.layers(x) + self.shortcut(x))


def count(c_in: int, width: int, stride: int = 1) -> int:
    """How many parameters Bottleneck(c_in, width, stride) has."""
    c_out = 4 * width
    convolutions = c_in * width + 9 * width * width + width * c_out
    norms = 2 * width + 2 * width + 2 * c_out
    total = convolutions + norms
    if stride != 1 or c_in != c_out:
        total += c_in * c_out + 2 * c_out
    return total
