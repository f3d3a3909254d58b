"""The pictures of chapter 1, as tensors on the device."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from dltutor.data import digits
from dltutor.data.roots import DataChoice


class Part(NamedTuple):
    """Pictures and what they show."""

    x: Tensor
    """(N, 1, 28, 28) uint8, 0 black to 255 white"""
    y: Tensor
    """(N,) int64, class indices"""


class Sets(NamedTuple):
    """Three sets that share no picture, and the names of the classes."""

    train: Part
    val: Part
    test: Part
    classes: tuple[str, ...]


def load(data: DataChoice, device: torch.device | str = "cpu") -> Sets:
    """The chosen data; DataError says which file is wrong, and how."""
    found = digits.load(data)
    train, val, test = (
        Part(
            torch.from_numpy(part.x).unsqueeze(1).to(device),
            torch.from_numpy(part.y).to(device),
        )
        for part in (found.train, found.val, found.test)
    )
    return Sets(train, val, test, found.classes)


def prepare(x: Tensor) -> Tensor:
    """uint8 pictures, 0 to 255, as the network takes them: 0 to 1."""
    return x.float() / 255


def whole_batches(part: Part, batch_size: int) -> tuple[Part, int]:
    """The set without the rest that fills no batch, and the batch's size.

    So every step has one shape, and one compilation serves them all.
    """
    size = min(batch_size, len(part.y))
    whole = len(part.y) // size * size
    return Part(part.x[:whole], part.y[:whole]), size
