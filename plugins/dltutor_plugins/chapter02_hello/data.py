"""The clean pictures of chapter 2, as tensors that lie on the device."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from dltutor.data import digits, pictures
from dltutor.data.digits import SIDE, Bytes
from dltutor.data.roots import DataChoice
from dltutor.errors import DataError
from dltutor.i18n import local

MOST_TILES = 60_000
"""tiles that are cut from one's own pictures, all of them together"""


class Pictures(NamedTuple):
    """Three sets that share no picture. Denoising needs no labels."""

    train: Tensor
    """(N, 1, 28, 28) uint8, 0 black to 255 white; so are the others"""
    val: Tensor
    test: Tensor


def load(data: DataChoice, device: torch.device | str = "cpu") -> Pictures:
    """The chosen data on ``device``. DataError says which file is wrong."""
    if data.kind == "path" and data.root is not None:
        parts = own(data.root)
    else:
        train, val, test, _ = digits.load(data)
        parts = [train.x, val.x, test.x]
    return Pictures(*(on_device(x, device) for x in parts))


def on_device(x: Bytes, device: torch.device | str) -> Tensor:
    """Pictures (N, 28, 28) as a tensor (N, 1, 28, 28), moved once."""
    return torch.from_numpy(x).unsqueeze(1).to(device)


def own(folder: Path) -> list[Bytes]:
    """All pictures below a folder, cut into tiles: 65, 15 and 20 % of them.

    Tiles of one picture never stand in two sets.
    """
    if not folder.is_dir():
        raise DataError(
            local(
                {
                    "en": f"{folder} is no folder",
                    "zh": f"{folder} 不是文件夹",
                }
            )
        )
    files = list(pictures.files([folder]))
    if len(files) < 3:
        raise DataError(
            local(
                {
                    "en": f"{folder}: {len(files)} pictures",
                    "zh": f"{folder}：{len(files)} 张图片",
                }
            ),
            local(
                {
                    "en": "3 or more are needed: to train, to validate, to test",
                    "zh": "至少需要 3 张：分别用于训练、验证和测试",
                }
            ),
        )
    order = np.random.default_rng(2026).permutation(len(files))
    val, test = (max(1, round(len(files) * part)) for part in (0.15, 0.20))
    most = max(1, MOST_TILES // len(files))
    return [
        np.concatenate(
            [tiles(pictures.read_grey(files[i]), most) for i in chosen]
        )
        for chosen in np.split(order, [-val - test, -test])
    ]


def tiles(grey: Bytes, most: int) -> Bytes:
    """A picture (H, W) cut into (N, 28, 28), at most ``most``, spread evenly.

    What is left over at the right and at the bottom is not used; a side
    below 28 pixels is filled up with its last row or column.
    """
    height, width = grey.shape
    missing = ((0, max(0, SIDE - height)), (0, max(0, SIDE - width)))
    full = np.pad(grey, missing, mode="edge")
    rows, columns = full.shape[0] // SIDE, full.shape[1] // SIDE
    cut = full[: rows * SIDE, : columns * SIDE]
    cut = cut.reshape(rows, SIDE, columns, SIDE).swapaxes(1, 2)
    found = cut.reshape(-1, SIDE, SIDE)
    places = np.linspace(0, len(found) - 1, min(most, len(found)))
    return np.ascontiguousarray(found[places.round().astype(np.int64)])
