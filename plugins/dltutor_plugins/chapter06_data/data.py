"""The pictures as a ``Dataset``, and the transforms that change them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import torch
from torch import Tensor
from torch.utils.data import Dataset
from torchvision.transforms import InterpolationMode, v2

from dltutor.data.digits import Part

Device = torch.device | str
Transform = Callable[[Tensor], Tensor]


class Pictures(Dataset[tuple[Tensor, int]]):
    """Pictures and their classes, one at a time."""

    def __init__(
        self,
        part: Part,
        transform: Transform | None = None,
        seed: int = 0,
    ) -> None:
        self.x = torch.from_numpy(part.x).unsqueeze(1)  # (N, 1, 28, 28)
        self.y = torch.from_numpy(part.y)  # (N,)
        self.transform = transform
        self.seed = seed
        self.epoch = 0

    def __len__(self) -> int:
        return len(self.y)

    def __getitem__(self, i: int) -> tuple[Tensor, int]:
        """Picture ``i``, (1, 28, 28) uint8, and its class."""
        x, y = self.x[i], int(self.y[i])
        if self.transform is not None:
            with seeded(self.seed, self.epoch, i):
                x = self.transform(x)  # the picture alone, never y
        return x, y


@contextmanager
def seeded(seed: int, epoch: int, i: int) -> Iterator[None]:
    """Inside, torch draws numbers that these three decide alone.

    Not which process asks, nor what it drew before. Afterwards the
    generator goes on as if nothing had been drawn.
    """
    generator = torch.default_generator
    state = generator.get_state()
    mixed = (seed * 1_000_003 + epoch) * 1_000_003 + i
    generator.manual_seed(mixed % 2**32)
    try:
        yield
    finally:
        generator.set_state(state)


def augmentation(name: str) -> Transform | None:
    """The random change of a picture, uint8 (1, 28, 28) to the same."""
    affine = v2.RandomAffine(
        degrees=12,
        translate=(0.08, 0.08),
        scale=(0.9, 1.1),
        interpolation=InterpolationMode.BILINEAR,
    )
    known: dict[str, Transform | None] = {
        "none": None,
        "shift": v2.RandomCrop(28, padding=2),  # up to 2 pixels
        "affine": affine,
        "elastic": v2.Compose([affine, v2.ElasticTransform(alpha=30.0)]),
        "flip": v2.RandomHorizontalFlip(p=0.5),  # a mirrored 2 is no 2
    }
    return known[name]


def prepare(x: Tensor) -> Tensor:
    """Bytes as the model takes them: float32, 0 to 1, on any device."""
    return x.float() / 255


class Whole(NamedTuple):
    """A set that lies on the device as two tensors."""

    x: Tensor
    """(N, 1, 28, 28) uint8"""
    y: Tensor
    """(N,) int64"""


def whole(part: Part, device: Device) -> Whole:
    """All of a set at once: what is measured on needs no loader."""
    x = torch.from_numpy(part.x).unsqueeze(1)
    return Whole(x.to(device), torch.from_numpy(part.y).to(device))
