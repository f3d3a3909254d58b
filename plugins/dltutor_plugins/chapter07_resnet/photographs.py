"""Patches of ten photographs that come with scikit-image: data without a download."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dltutor.data import pictures

Array = NDArray[Any]

FILES = {
    "astronaut": "astronaut.png",
    "bricks": "brick.png",
    "cameraman": "camera.png",
    "cat": "chelsea.png",
    "coffee": "coffee.png",
    "coins": "coins.png",
    "galaxies": "hubble_deep_field.jpg",
    "grass": "grass.png",
    "gravel": "gravel.png",
    "tissue": "ihc.png",
}
"""classes, and the photographs that their patches are cut from"""
WHOLE, BLOCK, SIDE = 512, 64, 32
"""pixels of a photograph's side, of a block's, of a patch's"""
SHARES = (42, 9, 13)
"""of a photograph's 64 blocks: to train, to validate, to test"""


def patches() -> tuple[list[tuple[Array, Array]], tuple[str, ...]]:
    """Pictures (N, 32, 32, 3) and labels (N,) to train, validate, test.

    A photograph is cut into 8 x 8 blocks, and a block belongs to one set
    with all of its pixels. So no pixel of a test patch was trained on,
    though its neighbours were.
    """
    found: list[list[Array]] = [[], [], []]
    for number, name in enumerate(FILES.values()):
        blocks = cut(photograph(name), BLOCK, BLOCK)  # (64, 64, 64, 3)
        order = np.random.default_rng([2026, number]).permutation(
            len(blocks)
        )
        places = np.split(order, np.cumsum(SHARES)[:-1])
        for which, (part, place) in enumerate(
            zip(found, places, strict=True)
        ):
            # to train with, patches overlap: nine from a block and not four
            stride = SIDE // 2 if which == 0 else SIDE
            squares = [cut(blocks[i], SIDE, stride) for i in place]
            part.append(not_blank(np.concatenate(squares)))
    sets = [
        (
            np.concatenate(part),
            np.repeat(np.arange(len(part)), list(map(len, part))),
        )
        for part in found
    ]
    return sets, tuple(FILES)


def cut(picture: Array, side: int, stride: int) -> Array:
    """All squares (n, side, side, 3) of (H, W, 3), ``stride`` apart."""
    views = np.lib.stride_tricks.sliding_window_view(
        picture, (side, side), axis=(0, 1)
    )[::stride, ::stride]  # (rows, columns, 3, side, side)
    return views.reshape(-1, 3, side, side).transpose(0, 2, 3, 1)


def not_blank(squares: Array) -> Array:
    """Without those of one colour: they are alike in train and test."""
    kept: Array = squares[np.ptp(squares, axis=(1, 2, 3)) > 0]
    return kept


@lru_cache(maxsize=len(FILES))
def photograph(name: str) -> Array:
    """One of the files as (512, 512, 3) bytes, squeezed to a square.

    The file itself is read: ``skimage.data`` would first copy all of its
    files into the user's cache.
    """
    file = Path(str(resources.files("skimage"))) / "data" / name
    return resize(pictures.read_rgb(file), WHOLE)


def resize(picture: Array, side: int) -> Array:
    """(H, W, 3) to (side, side, 3): bilinear, averaged where it shrinks."""
    from PIL import Image

    if picture.shape == (side, side, 3):
        return picture
    method = Image.Resampling.BILINEAR
    small = Image.fromarray(picture).resize((side, side), method)
    return np.array(small, dtype=np.uint8)
