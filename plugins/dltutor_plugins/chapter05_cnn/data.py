"""The pictures of chapter 5, as tensors that lie on the device for the whole run."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from dltutor.data import digits
from dltutor.data.digits import Part
from dltutor.data.roots import DataChoice

Device = torch.device | str


class LabelledSet(NamedTuple):
    """Pictures and what they show."""

    x: Tensor
    """(N, 1, 28, 28) uint8, 0 black to 255 white"""
    y: Tensor
    """(N,) int64, class indices"""


class Digits(NamedTuple):
    """Three sets that share no picture, and the names of the classes."""

    train: LabelledSet
    val: LabelledSet
    test: LabelledSet
    classes: tuple[str, ...]


def load(data: DataChoice, device: Device = "cpu") -> Digits:
    """The chosen data on ``device``. DataError says which file is wrong."""
    train, val, test, classes = digits.load(data)
    return Digits(
        on_device(train, device),
        on_device(val, device),
        on_device(test, device),
        classes,
    )


def on_device(part: Part, device: Device) -> LabelledSet:
    """Bytes (N, 28, 28) and labels (N,) as tensors that are moved once."""
    images = torch.from_numpy(part.x).unsqueeze(1).to(device)
    return LabelledSet(images, torch.from_numpy(part.y).to(device))


def prepare(x: Tensor) -> Tensor:
    """uint8 pictures, 0 to 255, as the model takes them: float, 0 to 1."""
    return x.float() / 255
