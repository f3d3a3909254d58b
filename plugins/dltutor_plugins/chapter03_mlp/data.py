"""The pictures of chapter 3, as tensors that lie on the device for the whole run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dltutor.data import idx, pictures
from dltutor.data.roots import DataChoice
from dltutor.errors import DataError
from dltutor.i18n import local
from dltutor_plugins.chapter03_mlp.frame import SIDE, frame, resize

VALIDATION = 5_000
"""pictures of MNIST's training files that are kept for validation"""
MOST_CLASSES = 1_000

Array = NDArray[Any]
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
    """The chosen data on ``device``. DataError says which file is wrong, and how."""
    if data.kind == "builtin":
        parts, classes = builtin(), tuple("0123456789")
    elif data.root is None:
        raise ValueError(f"{data} has no root")
    elif data.kind == "full":
        parts, classes = (
            mnist(data.root / "MNIST" / "raw"),
            tuple("0123456789"),
        )
    else:
        parts, classes = class_folders(data.root)
    train, val, test = (on_device(x, y, device) for x, y in parts)
    return Digits(train, val, test, classes)


def on_device(x: Array, y: Array, device: Device) -> LabelledSet:
    """(N, 28, 28) bytes and (N,) labels as tensors that are moved once."""
    images = torch.from_numpy(x).unsqueeze(1).to(device)
    labels = torch.from_numpy(y.astype(np.int64)).to(device)
    return LabelledSet(images, labels)


def prepare(x: Tensor) -> Tensor:
    """uint8 pictures, 0 to 255, as the model takes them: float, 0 to 1."""
    return x.float() / 255


def mnist(folder: Path) -> list[tuple[Array, Array]]:
    """To train: all but the last 5,000; to validate: those; to test: t10k."""
    x, y = mnist_pair(folder, "train")
    test = mnist_pair(folder, "t10k")
    cut = len(x) - VALIDATION
    if cut <= 0:
        raise wrong(folder, f"train {x.shape}", "(60000, 28, 28)")
    return [(x[:cut], y[:cut]), (x[cut:], y[cut:]), test]


def mnist_pair(folder: Path, name: str) -> tuple[Array, Array]:
    """Pictures (N, 28, 28) and labels (N,) of a pair of files, checked."""
    images = folder / f"{name}-images-idx3-ubyte"
    labels = folder / f"{name}-labels-idx1-ubyte"
    x, y = idx.read(images), idx.read(labels)
    if x.dtype != np.uint8 or x.shape[1:] != (SIDE, SIDE) or len(x) == 0:
        raise wrong(images, f"{x.dtype} {x.shape}", "uint8 (N, 28, 28)")
    if y.dtype != np.uint8 or y.shape != x.shape[:1]:
        raise wrong(labels, f"{y.dtype} {y.shape}", f"uint8 ({len(x)},)")
    if y.max() > 9:
        raise wrong(labels, f"{y.max()}", "0 ... 9")
    return x, y


def wrong(file: Path, found: str, expected: str) -> DataError:
    """The error that names the file, what is in it, and what should be."""
    return DataError(
        local(
            {
                "en": f"{file}: {found}, where {expected} is expected",
                "zh": f"{file}：内容是 {found}，应为 {expected}",
            }
        )
    )


def builtin() -> list[tuple[Array, Array]]:
    """scikit-learn's 1,797 digits of 8 x 8, framed in 28 x 28 as MNIST's are."""
    from sklearn.datasets import load_digits

    small, y = load_digits(return_X_y=True)
    small = (small.reshape(-1, 8, 8) * (255 / 16)).round().astype(np.uint8)
    return split(np.stack([frame(picture) for picture in small]), y)


def class_folders(
    folder: Path,
) -> tuple[list[tuple[Array, Array]], tuple[str, ...]]:
    """A folder with a subfolder of pictures for each class; its names become the classes'."""
    found = pictures.class_folders(folder)
    check(folder, found)
    x = np.stack(
        [
            resize(pictures.read_grey(file))
            for _, files in found
            for file in files
        ]
    )
    y = np.repeat(np.arange(len(found)), [len(files) for _, files in found])
    return split(x, y), tuple(name for name, _ in found)


def check(folder: Path, found: Sequence[tuple[str, list[Path]]]) -> None:
    """Raises DataError for classes that nothing can be learnt of, or not be measured."""
    hint = {
        "en": f"2 to {MOST_CLASSES:,} subfolders with 3 or more pictures each are needed",
        "zh": f"需要 2 到 {MOST_CLASSES:,} 个子文件夹，每个至少有 3 张图片",
    }
    if not 2 <= len(found) <= MOST_CLASSES:
        n = f"{len(found):,}"
        few = {
            "en": f"{folder}: {n} subfolders",
            "zh": f"{folder}：{n} 个子文件夹",
        }
        raise DataError(local(few), local(hint))
    for name, files in found:
        if len(files) < 3:
            n, place = f"{len(files)}", folder / name
            few = {
                "en": f"{place}: {n} pictures",
                "zh": f"{place}：{n} 张图片",
            }
            raise DataError(local(few), local(hint))


def split(x: Array, y: Array) -> list[tuple[Array, Array]]:
    """Training, validation and test set: 65, 15 and 20 % of every class.

    The seed is fixed, so runs with other seeds are measured on the same pictures.
    """
    generator = np.random.default_rng(2026)
    places: list[list[Array]] = [[], [], []]
    for label in np.unique(y):
        of_class = generator.permutation(np.flatnonzero(y == label))
        val, test = (
            max(1, round(len(of_class) * share)) for share in (0.15, 0.20)
        )
        cuts = np.split(
            of_class, [len(of_class) - val - test, len(of_class) - test]
        )
        for place, cut in zip(places, cuts, strict=True):
            place.append(cut)
    return [
        (x[i], y[i])
        for i in (np.sort(np.concatenate(place)) for place in places)
    ]
