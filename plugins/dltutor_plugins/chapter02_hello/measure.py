"""Noise, and how far a picture is from the clean one."""

from __future__ import annotations

import torch
from torch import Tensor


def prepare(x: Tensor) -> Tensor:
    """uint8 pictures, 0 to 255, as the model takes them: float, 0 to 1."""
    return x.float() / 255


def add_noise(x: Tensor, std: float) -> Tensor:
    """Pictures plus new Gaussian noise; not clipped: some < 0, some > 1."""
    return x + std * torch.randn_like(x)


def fixed_noise(x: Tensor, std: float, seed: int) -> Tensor:
    """The same, but equal seeds give equal noise, on every device."""
    generator = torch.Generator().manual_seed(seed)
    noise = torch.randn(x.shape, generator=generator)
    return x + std * noise.to(x.device)


def psnr(pictures: Tensor, clean: Tensor) -> Tensor:
    """Peak signal-to-noise ratio of each picture in dB, (N,).

    Pictures are (N, 1, H, W), the peak is 1. The PSNR of a set is the mean
    of its pictures' PSNRs. Equal pictures would have an infinite one, so
    100 dB is the most.
    """
    mse = (pictures - clean).square().mean(dim=(1, 2, 3))
    return -10 * mse.clamp(min=1e-10).log10()
