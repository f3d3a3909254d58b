"""What takes noise away without a network: the yardsticks of chapter 2."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from dltutor_plugins.chapter02_hello.measure import psnr

WIDTHS = (0.6, 0.8, 1.0, 1.2, 1.5)
"""standard deviations of the blurs that are tried, in pixels"""


def blur(x: Tensor, width: float) -> Tensor:
    """Each pixel becomes a mean of its neighbours, (N, 1, H, W) to the same.

    The weights are a Gaussian's; beyond the edge lies its last pixel.
    """
    reach = int(3 * width + 0.5)
    place = torch.arange(-reach, reach + 1, device=x.device)
    weight = torch.exp(-(place**2) / (2 * width**2))
    weight = weight / weight.sum()
    x = F.pad(x, (reach, reach, reach, reach), mode="replicate")
    x = F.conv2d(x, weight.view(1, 1, -1, 1))  # along the columns
    return F.conv2d(x, weight.view(1, 1, 1, -1))  # along the rows


def best_blur(noisy: Tensor, clean: Tensor) -> float:
    """The width of the blur that helps these pictures most."""
    score = [psnr(blur(noisy, w), clean).mean() for w in WIDTHS]
    return WIDTHS[int(torch.stack(score).argmax())]


class Linear:
    """The best of all linear maps from noisy to clean pictures.

    Wiener's filter for whole pictures: with the mean m and the covariance
    C (D, D) of clean pictures and noise of variance s^2, the estimate is
    m + C (C + s^2 I)^-1 (noisy - m).
    """

    def __init__(self, clean: Tensor, std: float) -> None:
        x = clean.cpu().flatten(1).double()  # (N, D)
        self.mean = x.mean(dim=0)
        covariance = torch.cov(x.T, correction=0)  # (D, D)
        noise = std**2 * torch.eye(len(covariance), dtype=x.dtype)
        self.gain = torch.linalg.solve(covariance + noise, covariance)

    def __call__(self, noisy: Tensor) -> Tensor:
        x = noisy.cpu().flatten(1).double() - self.mean
        found: Tensor = (x @ self.gain + self.mean).view(noisy.shape)
        return found.to(noisy.device, noisy.dtype)
