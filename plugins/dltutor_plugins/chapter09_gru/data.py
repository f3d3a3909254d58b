"""Reviews as rows of numbers: a vocabulary of characters, padding, lengths."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dltutor.data import texts
from dltutor.data.roots import DataChoice

Device = torch.device | str
Places = NDArray[np.int64]

PAD, UNKNOWN = 0, 1
"""no character has these two indices"""


class Vocabulary:
    """Characters and their indices; 0 is padding, 1 any other character."""

    def __init__(self, characters: str) -> None:
        self.characters = characters
        self.index = {c: i for i, c in enumerate(characters, UNKNOWN + 1)}

    def __len__(self) -> int:
        return len(self.characters) + 2

    def encode(self, text: str, most: int) -> list[int]:
        """A text as 1 to ``most`` indices; an empty one is an unknown.

        Of a longer text its beginning and its end are kept, half each.
        """
        plain = texts.normalise(text)
        if len(plain) > most:
            head = most // 2
            plain = plain[:head] + plain[len(plain) - (most - head) :]
        return [self.index.get(c, UNKNOWN) for c in plain] or [UNKNOWN]


def vocabulary(reviews: Iterable[str], most: int) -> Vocabulary:
    """The ``most`` frequent characters that occur twice or more."""
    counts = Counter(c for review in reviews for c in review)
    known = [c for c, n in counts.items() if n >= 2]
    known.sort(key=lambda c: (-counts[c], c))
    return Vocabulary("".join(known[:most]))


class LabelledSet(NamedTuple):
    """Reviews and their verdicts."""

    x: Tensor
    """(N, T) int64, padded with 0 to the longest"""
    y: Tensor
    """(N,) int64, class indices"""


def pad(rows: Sequence[Sequence[int]]) -> Tensor:
    """Rows of indices as one tensor (N, T), filled up at the end."""
    x = torch.full((len(rows), max(map(len, rows))), PAD)
    for i, row in enumerate(rows):
        x[i, : len(row)] = torch.tensor(row)
    return x


class Part(NamedTuple):
    """Reviews as people wrote them, and their verdicts."""

    texts: tuple[str, ...]
    y: tuple[int, ...]
    """places in ``classes``"""


class Reviews(NamedTuple):
    """Three parts that share no review, and the names of the classes."""

    train: Part
    val: Part
    test: Part
    classes: tuple[str, ...]


def load(data: DataChoice, most: int = 0) -> Reviews:
    """The chosen reviews in three parts; ``most`` of them, 0 for all.

    Raises DataError that names file and line.
    """
    found = texts.reviews(data)
    train, val, test = (
        Part(
            tuple(found.texts[i] for i in places),
            tuple(found.labels[i] for i in places),
        )
        for places in held_out(np.array(found.labels), most)
    )
    return Reviews(train, val, test, found.classes)


def held_out(
    y: NDArray[np.int64], most: int = 0
) -> tuple[Places, Places, Places]:
    """Positions to train with, to validate and to test with.

    80, 10 and 10 % of each class, always the same: runs with other seeds
    are measured on the same reviews. A class of three has one in each.
    """
    generator = np.random.default_rng(2026)
    share = min(1.0, most / len(y)) if most else 1.0
    places: list[list[Places]] = [[], [], []]
    for label in np.unique(y):
        of_class = generator.permutation(np.flatnonzero(y == label))
        of_class = of_class[: max(3, round(len(of_class) * share))]
        tenth = max(1, round(len(of_class) / 10))
        cuts = np.split(of_class, [len(of_class) - 2 * tenth, -tenth])
        for place, cut in zip(places, cuts, strict=True):
            place.append(cut)
    train, val, test = (np.sort(np.concatenate(p)) for p in places)
    return train, val, test


def labelled(
    part: Part,
    known: Vocabulary,
    most: int,
    device: Device = "cpu",
) -> LabelledSet:
    """Encoded once, kept on the device for the whole run."""
    x = pad([known.encode(r, most) for r in part.texts])
    y = torch.tensor(part.y, dtype=torch.int64)
    return LabelledSet(x.to(device), y.to(device))
