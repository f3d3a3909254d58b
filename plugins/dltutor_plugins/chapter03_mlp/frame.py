"""From any picture to one as MNIST's are: 28 x 28, bright ink on black."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dltutor.errors import DataError
from dltutor.i18n import local

SIDE = 28
"""pixels in a row and in a column of a picture"""
BOX = 20
"""the longer side of the digit within it"""

BLANK = {
    "en": "nothing is drawn: every pixel is alike",
    "zh": "什么也没有画：所有像素都一样",
}

Bytes = NDArray[np.uint8]


def ink(grey: Bytes) -> Bytes:
    """Makes what is drawn bright and the paper black, whichever was dark.

    ``grey`` is (H, W). The paper is the median: a drawing covers less than
    half of its picture. Raises DataError when every pixel is alike.
    """
    paper = float(np.median(grey))
    brighter = grey.astype(np.float32) - paper
    strength = brighter if brighter.max() > -brighter.min() else -brighter
    if strength.max() < 1:
        raise DataError(local(BLANK))
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
    method = Image.Resampling.BILINEAR
    picture = Image.fromarray(grey).resize((width, height), method)
    return np.array(picture, dtype=np.uint8)
