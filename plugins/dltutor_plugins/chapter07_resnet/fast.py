"""A residual network of nine layers for speed runs, and its whitened first layer."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from dltutor_plugins.chapter07_resnet.model import conv

PATCH = 3
FILTERS = 3 * PATCH * PATCH
"""of the first layer: a direction for each of a patch's 27 numbers"""


class ConvBN(nn.Module):
    """Convolution 3x3, pooling where asked, BatchNorm, ReLU."""

    def __init__(
        self, c_in: int, c_out: int, *, pool: bool = False
    ) -> None:
        super().__init__()
        self.conv = conv(c_in, c_out, 3)
        self.pool = nn.MaxPool2d(2) if pool else nn.Identity()
        self.bn = nn.BatchNorm2d(c_out)

    def forward(self, x: Tensor) -> Tensor:
        """(B, c_in, H, W) to (B, c_out, H, W), or half of H and W."""
        return F.relu(self.bn(self.pool(self.conv(x))))


class Around(nn.Module):
    """Two layers and, if wanted, the shortcut around them."""

    def __init__(self, channels: int, *, shortcut: bool) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            ConvBN(channels, channels), ConvBN(channels, channels)
        )
        self.shortcut = shortcut

    def forward(self, x: Tensor) -> Tensor:
        """(B, channels, H, W), shape kept."""
        out: Tensor = self.layers(x)
        return x + out if self.shortcut else out


class ResNet9(nn.Module):
    """Few wide layers: pictures (B, 3, 32, 32) to logits (B, classes).

    After David Page, "How to train your ResNet", 2018-19. The shortcut
    goes around a ReLU too, so what it adds is never negative.
    """

    def __init__(
        self, width: int = 64, classes: int = 10, *, shortcuts: bool = True
    ) -> None:
        super().__init__()
        self.first = conv(3, FILTERS, PATCH)  # see whiten
        w = width
        self.layers = nn.Sequential(
            conv(FILTERS, w, 1),
            nn.BatchNorm2d(w),
            nn.ReLU(),  # (B, w, 32, 32)
            ConvBN(w, 2 * w, pool=True),  # -> (B, 2w, 16, 16)
            Around(2 * w, shortcut=shortcuts),
            ConvBN(2 * w, 4 * w, pool=True),  # -> (B, 4w, 8, 8)
            ConvBN(4 * w, 8 * w, pool=True),  # -> (B, 8w, 4, 4)
            Around(8 * w, shortcut=shortcuts),
        )
        self.fc = nn.Linear(8 * w, classes, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """(B, 3, 32, 32) to (B, classes); / 8, or it is sure too soon."""
        x = self.layers(self.first(x))
        logits: Tensor = self.fc(x.amax(dim=(2, 3))) / 8
        return logits


@torch.no_grad()
def whiten(model: ResNet9, x: Tensor) -> None:
    """Makes the first layer's outputs uncorrelated, and fixes it.

    ``x`` are prepared pictures (N, 3, H, W). The 27 numbers of a 3x3 patch
    are nearly equal; the eigenvectors of their covariance (27, 27) are the
    directions in which they vary one apart from the other, and dividing
    by the root of the eigenvalue gives every direction the variance 1.
    """
    patches = F.unfold(x.float(), PATCH).transpose(1, 2).flatten(0, 1)
    covariance = torch.cov(patches.T.double().cpu())  # (27, 27)
    values, vectors = torch.linalg.eigh(covariance)  # columns of vectors
    # v and -v are both eigenvectors: the largest entry decides
    vectors *= vectors.gather(
        0, vectors.abs().argmax(0, keepdim=True)
    ).sign()
    filters = vectors / (values + 1e-2).sqrt()  # 1e-2: noise stays small
    model.first.weight.copy_(filters.T.reshape(FILTERS, 3, PATCH, PATCH))
    model.first.weight.requires_grad_(False)
