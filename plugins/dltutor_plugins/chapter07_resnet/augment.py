"""Other pictures out of the same ones: mirrored, shifted, with a hole. All on the device."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from dltutor_plugins.chapter07_resnet.config import Config


def augment(x: Tensor, config: Config) -> Tensor:
    """A training batch (B, 3, 32, 32), each picture changed by chance."""
    if config.flip:
        x = flip(x)
    if config.translate:
        x = translate(x, config.translate)
    if config.cutout:
        x = cutout(x, config.cutout)
    return x


def flip(x: Tensor) -> Tensor:
    """Mirrors about half of the pictures, left to right."""
    chosen = torch.rand(len(x), 1, 1, 1, device=x.device) < 0.5
    return torch.where(chosen, x.flip(3), x)


def translate(x: Tensor, most: int) -> Tensor:
    """Shifts each picture by up to ``most`` pixels, its own way.

    What is beyond the edge is the edge's own pixel, repeated.
    """
    n, _, height, width = x.shape
    down, right = torch.randint(-most, most + 1, (2, n, 1), device=x.device)
    rows = (torch.arange(height, device=x.device) + down).clamp(
        0, height - 1
    )
    columns = (torch.arange(width, device=x.device) + right).clamp(
        0, width - 1
    )
    which = torch.arange(n, device=x.device)[:, None, None]
    moved = x.permute(0, 2, 3, 1)[
        which, rows[:, :, None], columns[:, None, :]
    ]
    return moved.permute(0, 3, 1, 2)  # (B, 3, H, W), channels last


def cutout(x: Tensor, side: int) -> Tensor:
    """Blanks a square of each picture, grey as the mean.

    T. DeVries and G. Taylor, 2017, https://arxiv.org/abs/1708.04552
    """
    n, _, height, width = x.shape
    top = torch.randint(height - side + 1, (n, 1), device=x.device)
    left = torch.randint(width - side + 1, (n, 1), device=x.device)
    rows = torch.arange(height, device=x.device) - top  # (B, H)
    columns = torch.arange(width, device=x.device) - left
    inside = (rows >= 0) & (rows < side), (columns >= 0) & (columns < side)
    hole = inside[0][:, None, :, None] & inside[1][:, None, None, :]
    return x.masked_fill(hole, 120)
