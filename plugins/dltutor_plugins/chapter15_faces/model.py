"""The network that describes a face in 128 numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from dltutor_plugins.chapter15_faces.detect import HEIGHT, WIDTH

if TYPE_CHECKING:
    from dltutor_plugins.chapter15_faces.config import Config


class Embedder(nn.Module):
    """Faces (B, 1, 56, 48) to vectors (B, embedding) of length 1."""

    def __init__(self, width: int = 16, embedding: int = 128) -> None:
        super().__init__()
        self.features = nn.Sequential(
            block(1, width),  # -> (B, 16, 28, 24)
            block(width, 2 * width),  # -> (B, 32, 14, 12)
            block(2 * width, 4 * width),  # -> (B, 64, 7, 6)
        )
        self.head = nn.Sequential(
            nn.Flatten(),  # -> (B, 2688)
            nn.Dropout(0.3),
            nn.Linear(4 * width * 42, embedding),  # -> (B, 128)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Faces (B, 1, 56, 48), 0 to 1, to unit vectors (B, embedding)."""
        # each picture has mean 0 and deviation 1: the light matters less
        mean = x.mean(dim=(1, 2, 3), keepdim=True)
        std = x.std(dim=(1, 2, 3), keepdim=True)
        z = self.head(self.features((x - mean) / (std + 0.05)))
        return F.normalize(z, dim=1)


def block(before: int, after: int) -> nn.Sequential:
    """A convolution that keeps the size, then half of it."""
    return nn.Sequential(
        nn.Conv2d(before, after, 3, padding=1, bias=False),
        nn.BatchNorm2d(after),
        nn.ReLU(),
        nn.MaxPool2d(2),
    )


@torch.inference_mode()
def embed(model: nn.Module, x: Tensor) -> Tensor:
    """Faces (N, 56, 48) of bytes to unit vectors (N, embedding).

    A face and its mirror image are described, and the mean is taken.
    """
    model.eval()
    found = []
    for part in torch.split(x, 256):
        faces = part.unsqueeze(1).float() / 255
        both = model(faces) + model(faces.flip(3))
        found.append(F.normalize(both.float(), dim=1))
    return torch.cat(found)


def for_table(config: Config) -> tuple[Embedder, Tensor]:
    """The model and one input, for the layer table and the model file."""
    model = Embedder(config.width, config.embedding)
    return model, torch.zeros(1, 1, HEIGHT, WIDTH)
