"""The pictures of chapter 7, as tensors that lie on the device for the whole run."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dltutor.data import pictures
from dltutor.data.roots import DataChoice
from dltutor.data.split import stratified
from dltutor.errors import DataError
from dltutor.i18n import local
from dltutor_plugins.chapter07_resnet import photographs

SIDE = 32
CLASSES = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)
"""of CIFAR-10, in the order of its labels"""
WHOLE = (50_000, 10_000)
"""pictures of CIFAR-10 to train and to test with"""
VALIDATION = 5_000
"""of those to train with, kept for validation"""
MEAN = (0.4914, 0.4822, 0.4465)
STD = (0.2470, 0.2435, 0.2616)
"""of CIFAR-10's training pictures: red, green, blue, from 0 to 1"""

Array = NDArray[Any]
Device = torch.device | str


class LabelledSet(NamedTuple):
    """Pictures and what they show."""

    x: Tensor
    """(N, 3, 32, 32) uint8, 0 to 255"""
    y: Tensor
    """(N,) int64, class indices"""


class Pictures(NamedTuple):
    """Three sets that share no picture, and the names of the classes."""

    train: LabelledSet
    val: LabelledSet
    test: LabelledSet
    classes: tuple[str, ...]


Parts = tuple[list[tuple[Array, Array]], tuple[str, ...]]
"""pictures (N, 32, 32, 3) with labels (N,), thrice, and the classes"""


def load(data: DataChoice, device: Device = "cpu") -> Pictures:
    """The chosen data on ``device``. DataError says which file is wrong."""
    if data.kind == "builtin":
        parts, classes = photographs.patches()
    elif data.root is None:
        raise ValueError(f"{data} has no root")
    elif data.kind == "full":
        parts, classes = cifar10(data.root / "cifar10")
    else:
        parts, classes = own(data.root)
    train, val, test = (on_device(x, y, device) for x, y in parts)
    return Pictures(train, val, test, classes)


def on_device(x: Array, y: Array, device: Device) -> LabelledSet:
    """(N, 32, 32, 3) bytes and (N,) labels as tensors, moved once.

    ``permute`` renames the axes and moves nothing: the three colours of a
    pixel stay neighbours in memory, which is the order *channels last*.
    """
    x = np.ascontiguousarray(x)
    images = torch.from_numpy(x).to(device).permute(0, 3, 1, 2)
    labels = torch.from_numpy(y.astype(np.int64)).to(device)
    return LabelledSet(images, labels)


def prepare(x: Tensor) -> Tensor:
    """uint8 pictures as a network takes them: mean 0, deviation 1."""
    mean = torch.tensor(MEAN, device=x.device).view(1, 3, 1, 1) * 255
    std = torch.tensor(STD, device=x.device).view(1, 3, 1, 1) * 255
    return (x - mean) / std


def cifar10(folder: Path) -> Parts:
    """The whole set from its binary files, else a part of it in folders."""
    whole = folder / "cifar-10-batches-bin"
    if not whole.is_dir():
        return in_folders(folder)
    files = [whole / f"data_batch_{i}.bin" for i in range(1, 6)]
    batches = [batch(file) for file in files]
    x = np.concatenate([x for x, _ in batches])
    y = np.concatenate([y for _, y in batches])
    cut = len(x) - VALIDATION
    parts = [(x[:cut], y[:cut]), (x[cut:], y[cut:])]
    return [*parts, batch(whole / "test_batch.bin")], CLASSES


def batch(file: Path) -> tuple[Array, Array]:
    """Pictures (10000, 32, 32, 3) and labels (10000,) of a binary file.

    10,000 records: a byte for the label, then 1,024 bytes of red, as many
    of green and of blue, each row by row. Nothing in it can run as code,
    unlike in the pickled files of the version for Python.
    """
    try:
        data = np.fromfile(file, dtype=np.uint8)
    except OSError as error:
        raise wrong(file, error.strerror or str(error)) from None
    size = 1 + 3 * SIDE * SIDE
    if data.size != 10_000 * size:
        raise wrong(file, f"{data.size:,} bytes", f"{10_000 * size:,}")
    records = data.reshape(-1, size)
    y, x = records[:, 0], records[:, 1:].reshape(-1, 3, SIDE, SIDE)
    if y.max() >= len(CLASSES):
        raise wrong(file, f"label {y.max()}", "0 ... 9")
    return np.ascontiguousarray(x.transpose(0, 2, 3, 1)), y


def own(folder: Path) -> Parts:
    """A folder of class folders, or two of them called train and test."""
    if (folder / "train").is_dir() and (folder / "test").is_dir():
        return in_folders(folder)
    files, y, classes = pictures.labelled(folder)
    x = np.stack([resized(file) for file in files])
    return [(x[i], y[i]) for i in stratified(y)], classes


def in_folders(folder: Path) -> Parts:
    """``train/<class>`` and ``test/<class>``; a tenth of train validates."""
    files, y, classes = pictures.labelled(folder / "train")
    test_files, test_y, test_classes = pictures.labelled(folder / "test")
    if classes != test_classes:
        odd = ", ".join(sorted(set(classes) ^ set(test_classes)))
        raise wrong(folder, f"train, test: {odd}", f"{len(classes)}")
    x = np.stack([resized(file) for file in files])
    test_x = np.stack([resized(file) for file in test_files])
    order = np.random.default_rng(2026).permutation(len(y))
    kept = []
    for k in range(len(classes)):
        of_class = order[y[order] == k]
        kept.append(of_class[: max(1, round(len(of_class) / 10))])
    val = np.zeros(len(y), dtype=bool)
    val[np.concatenate(kept)] = True
    return [(x[~val], y[~val]), (x[val], y[val]), (test_x, test_y)], classes


def resized(file: Path) -> Array:
    """A picture of any size and colour mode as (32, 32, 3) bytes."""
    return photographs.resize(pictures.read_rgb(file), SIDE)


def wrong(file: Path, found: str, expected: str = "") -> DataError:
    """The error that names the file, what is in it, and what should be."""
    en, zh = f"{file}: {found}", f"{file}：{found}"
    if expected:
        en += f", where {expected} is expected"
        zh += f"，应为 {expected}"
    return DataError(local({"en": en, "zh": zh}))
