"""Handwritten digits, 28 x 28: the 1,797 that scikit-learn brings, MNIST, or pictures of one's own.

Several chapters learn from the same pictures, so that their figures can be compared.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dltutor.data import idx, pictures
from dltutor.data.roots import DataChoice
from dltutor.data.split import stratified
from dltutor.errors import DataError
from dltutor.i18n import t

SIDE = 28
"""pixels in a row and in a column of a picture"""
BOX = 20
"""the longer side of the digit within it"""
VALIDATION = 5_000
"""pictures of MNIST's training files that are kept for validation"""

Bytes = NDArray[np.uint8]


class Part(NamedTuple):
    """Pictures and what they show."""

    x: Bytes
    """(N, 28, 28) uint8, 0 black to 255 white"""
    y: NDArray[np.int64]
    """(N,) class indices"""


class Digits(NamedTuple):
    """Three sets that share no picture, and the names of the classes."""

    train: Part
    val: Part
    test: Part
    classes: tuple[str, ...]


def load(choice: DataChoice) -> Digits:
    """The chosen data. DataError says which file is wrong, and how."""
    if choice.kind == "builtin":
        return builtin()
    if choice.root is None:
        raise ValueError(f"{choice} has no root")
    if choice.kind == "full":
        return mnist(choice.root / "MNIST" / "raw")
    return own(choice.root)


def builtin() -> Digits:
    """scikit-learn's 1,797 digits of 8 x 8, framed in 28 x 28 as MNIST's are."""
    from sklearn.datasets import load_digits

    small, y = load_digits(return_X_y=True)
    small = (small.reshape(-1, 8, 8) * (255 / 16)).round().astype(np.uint8)
    x = np.stack([frame(picture) for picture in small])
    return parted(x, y, tuple("0123456789"))


def own(folder: Path) -> Digits:
    """A folder with a subfolder of pictures for each class, each picture resized to 28 x 28."""
    files, y, classes = pictures.labelled(folder)
    x = np.stack([resize(pictures.read_grey(file)) for file in files])
    return parted(x, y, classes)


def parted(x: Bytes, y: NDArray[Any], classes: tuple[str, ...]) -> Digits:
    """Training, validation and test set: 65, 15 and 20 % of every class."""
    y = y.astype(np.int64)
    train, val, test = (Part(x[i], y[i]) for i in stratified(y))
    return Digits(train, val, test, classes)


def mnist(folder: Path) -> Digits:
    """To train: all but the last 5,000; to validate: those; to test: t10k."""
    x, y = mnist_pair(folder, "train")
    test = mnist_pair(folder, "t10k")
    cut = len(x) - VALIDATION
    if cut <= 0:
        raise wrong(folder, f"train {x.shape}", "(60000, 28, 28)")
    train, val = Part(x[:cut], y[:cut]), Part(x[cut:], y[cut:])
    return Digits(train, val, test, tuple("0123456789"))


def mnist_pair(folder: Path, name: str) -> Part:
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
    return Part(x, y.astype(np.int64))


def wrong(file: Path, found: str, expected: str) -> DataError:
    """The error that names the file, what is in it, and what should be."""
    return DataError(
        t(
            "{file}: {found}, where {expected} is expected",
            file=file,
            found=found,
            expected=expected,
        )
    )


def ink(grey: Bytes) -> Bytes:
    """Makes what is drawn bright and the paper black, whichever was dark.

    ``grey`` is (H, W). The paper is the median: a drawing covers less than
    half of its picture. Raises DataError when every pixel is alike.
    """
    paper = float(np.median(grey))
    brighter = grey.astype(np.float32) - paper
    strength = brighter if brighter.max() > -brighter.min() else -brighter
    if strength.max() < 1:
        raise DataError(t("nothing is drawn: every pixel is alike"))
    return stretch(strength)


def stretch(strength: NDArray[Any]) -> Bytes:
    """Scales values so that the brightest is 255; below zero becomes 0."""
    scaled: NDArray[Any] = strength.clip(0) * (255 / strength.max())
    return scaled.round().astype(np.uint8)


def frame(drawn: Bytes) -> Bytes:
    """Places bright ink, (H, W), in 28 x 28 as the makers of MNIST did.

    The ink is cut out, scaled until its longer side is 20 pixels, and put
    where its centre of mass is the centre of the field.
    """
    rows, columns = np.nonzero(drawn > drawn.max() * 0.2)
    top, left = rows.min(), columns.min()
    box = drawn[top : rows.max() + 1, left : columns.max() + 1]
    scale = BOX / max(box.shape)
    height, width = (max(1, round(n * scale)) for n in box.shape)
    small = resize(box, width, height)
    y, x = (corner(small.sum(axis=axis)) for axis in (1, 0))
    field = np.zeros((SIDE, SIDE), dtype=np.uint8)
    field[y : y + height, x : x + width] = stretch(small)
    return field


def corner(mass: NDArray[Any]) -> int:
    """Where a strip of this mass begins, so that it balances on the middle."""
    centre = float((np.arange(len(mass)) * mass).sum() / mass.sum())
    start = round((SIDE - 1) / 2 - centre)
    return max(0, min(SIDE - len(mass), start))


def resize(grey: Bytes, width: int = SIDE, height: int = SIDE) -> Bytes:
    """(H, W) to (height, width): bilinear, averaged where it gets smaller."""
    from PIL import Image

    method = Image.Resampling.BILINEAR
    picture = Image.fromarray(grey).resize((width, height), method)
    return np.array(picture, dtype=np.uint8)
