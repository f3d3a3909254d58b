"""The people of chapter 15: pictures of their faces, and who is held out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from dltutor.data import pictures
from dltutor.errors import DataError, UsageError
from dltutor.i18n import local
from dltutor_plugins.chapter15_faces.detect import (
    HEIGHT,
    WIDTH,
    face_of,
    shrink,
)
from dltutor_plugins.chapter15_faces.lfw import FOLDER, FUNNELED

if TYPE_CHECKING:
    from dltutor.data.roots import DataChoice

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]

SPLITS = 4
VIEWS = 12
"""pictures made of each builtin crop"""
FEWEST = 8
"""people: fewer can not be trained, validated and tested"""


class People(NamedTuple):
    """Pictures of faces, and whose they are."""

    x: Bytes
    """(N, 56, 48), 0 black to 255 white"""
    y: Ints
    """(N,), the index of the person"""
    names: tuple[str, ...]
    files: tuple[str, ...]
    """(N,), where each picture came from"""

    def only(self, people: Ints) -> People:
        """The pictures of some people; the indices of people stay."""
        kept = np.flatnonzero(np.isin(self.y, people))
        files = tuple(self.files[i] for i in kept)
        return People(self.x[kept], self.y[kept], self.names, files)


class Held(NamedTuple):
    """Three sets that share no person."""

    train: People
    val: People
    test: People


def load(data: DataChoice, landmarks: str = "") -> People:
    """The chosen data. DataError says which file is wrong, and how."""
    if data.kind == "builtin":
        return builtin()
    if data.root is None:
        raise ValueError(f"{data} has no root")
    if data.kind == "full":
        return public(folder_of(data.root / FOLDER))
    return own(data.root, landmarks)


def folder_of(folder: Path) -> Path:
    """Where the people's folders are: here, or where the archive put them."""
    inside = folder / FUNNELED
    return inside if inside.is_dir() else folder


def builtin() -> People:
    """scikit-image's 100 crops of LFW (25 x 25), twelve views of each.

    A view is turned, moved, scaled, lit and disturbed at random, always in
    the same way. Views of one picture are no pictures of one person: what
    is learnt here is to see through such changes.
    """
    from skimage.data import lfw_subset

    crops = lfw_subset()[:100]  # type: ignore[no-untyped-call]
    crops = (crops * 255).round().astype(np.uint8)  # 0 to 1 before
    generator = np.random.default_rng(2026)
    x = [view(face, generator) for face in crops for _ in range(VIEWS)]
    y = np.repeat(np.arange(100), VIEWS)
    names = tuple(f"face-{i:02d}" for i in range(100))
    files = tuple(
        f"{names[i]}/{k}" for i in range(100) for k in range(VIEWS)
    )
    return People(np.stack(x), y, names, files)


def view(face: Bytes, generator: np.random.Generator) -> Bytes:
    """A random view (56, 48) of a face: another stand, light, camera."""
    angle, dx, dy, gain, shade = generator.uniform(-1, 1, 5)
    large = shrink(face)
    turn = cv2.getRotationMatrix2D(
        (WIDTH / 2, HEIGHT / 2),
        15 * angle,
        float(generator.uniform(0.85, 1.15)),
    )
    turn[:, 2] += 4 * dx, 4 * dy
    moved = cv2.warpAffine(
        large, turn, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE
    ).astype(np.float64)
    # a light from one side, another contrast, the noise of a camera
    side = np.linspace(-1, 1, WIDTH)[None]
    lit = (moved - 128) * (1 + 0.3 * gain) + 128 + 50 * shade * side
    noisy = lit + generator.normal(0, 12, lit.shape)
    if generator.random() < 0.5:
        noisy = noisy[:, ::-1]
    return np.asarray(noisy.clip(0, 255).round(), np.uint8)


def public(folder: Path) -> People:
    """LFW or pictures laid out like it: ``Name/Name_0001.jpg``.

    LFW's 250 x 250 pictures are aligned, so the middle is cut out. Others,
    such as the ORL faces, are faces already.
    """
    return read(folder, aligned)


def aligned(picture: Bytes) -> Bytes:
    """A face that was aligned by others, (56, 48)."""
    if picture.shape == (250, 250):
        picture = picture[70:195, 78:172]
    return shrink(picture)


def own(folder: Path, landmarks: str = "") -> People:
    """A folder with a folder for each person; faces are detected."""
    return read(folder, lambda picture: face_of(picture, landmarks)[0])


def read(folder: Path, cut) -> People:  # type: ignore[no-untyped-def]
    """All pictures of a folder of people's folders, each cut out.

    The person is the folder, and nothing about a file's name matters.
    """
    found = pictures.class_folders(folder)
    several = sum(len(files) > 1 for _, files in found)
    if len(found) < FEWEST or several < FEWEST:
        raise DataError(
            local(
                {
                    "en": f"{folder}: {len(found)} people, {several} of "
                    "them with two pictures or more",
                    "zh": f"{folder}：{len(found)} 个人，其中 {several} 个人"
                    "有两张以上图片",
                }
            ),
            local(
                {
                    "en": f"at least {FEWEST} people with two pictures "
                    "are needed",
                    "zh": f"至少需要 {FEWEST} 个人，每人两张图片",
                }
            ),
        )
    files = [(k, f) for k, (_, of) in enumerate(found) for f in of]
    x = np.stack([cut(pictures.read_grey(file)) for _, file in files])
    y = np.array([person for person, _ in files])
    names = tuple(name for name, _ in found)
    where = tuple(f.relative_to(folder).as_posix() for _, f in files)
    return People(x, y, names, where)


def hold_out(
    people: People, split: int, tested: list[Ints] | None = None
) -> Held:
    """Divides people, not pictures: whoever is tested was never trained on.

    Without ``tested`` (the people of each fold of a pairs.txt) a quarter
    is held out, always the same one for a split. An eighth of all people
    is kept aside of the rest, to choose a threshold by.
    """
    everybody = np.unique(people.y)
    order = np.random.default_rng(2026).permutation(everybody)
    folds = tested or np.array_split(order, SPLITS)
    if split >= len(folds):
        raise UsageError(
            local(
                {
                    "en": f"split={split}: there are {len(folds)} splits",
                    "zh": f"split={split}：一共有 {len(folds)} 种划分",
                }
            ),
            f"0 ... {len(folds) - 1}",
        )
    test = folds[split]
    rest = order[~np.isin(order, test)]
    # only people with two pictures make a pair
    counts = np.bincount(people.y)
    paired = rest[counts[rest] > 1]
    val = paired[: max(2, len(everybody) // 8)]
    train = rest[~np.isin(rest, val)]
    return Held(people.only(train), people.only(val), people.only(test))
