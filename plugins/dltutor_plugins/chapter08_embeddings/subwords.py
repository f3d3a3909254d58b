"""FastText: a word is its pieces, so words never seen have vectors too."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from dltutor_plugins.chapter08_embeddings.vocabulary import PAD

BUCKETS = 30_000
"""rows that pieces share; two pieces may fall into one"""


def pieces(word: str, shortest: int = 3, longest: int = 6) -> list[str]:
    """All runs of ``shortest`` to ``longest`` characters of ``<word>``.

    The angle brackets mark the ends, so that ``her>`` at the end differs
    from ``her`` within. The whole ``<word>`` is left out: it has a row of
    its own, if it is known.
    """
    marked = f"<{word}>"
    return [
        marked[start : start + n]
        for n in range(shortest, longest + 1)
        for start in range(len(marked) - n + 1)
        if n < len(marked)
    ]


def bucket(piece: str, buckets: int = BUCKETS) -> int:
    """A number from 0 to buckets - 1, the same on every machine.

    FNV-1a over the bytes of UTF-8, each as a signed number, as FastText
    hashes. Python's own ``hash`` differs from process to process.
    """
    value = 2_166_136_261
    for byte in piece.encode():
        signed = byte | 0xFFFFFF00 if byte > 127 else byte
        value = ((value ^ signed) * 16_777_619) & 0xFFFFFFFF
    return value % buckets


def lengths(words: Sequence[str]) -> tuple[int, int]:
    """Pieces of 3 to 6 letters; of 1 to 3 characters where words are Chinese.

    Three characters with both brackets are a Chinese word of one character.
    """
    han = sum("\u4e00" <= w[:1] <= "\u9fff" for w in words[:2000])
    return (1, 3) if 2 * han > min(len(words), 2000) else (3, 6)


def bag(
    word: str,
    known: dict[str, int],
    sizes: tuple[int, int],
    buckets: int = BUCKETS,
) -> list[int]:
    """Rows of the input table: the word's own, then those of its pieces.

    Pieces come after the ``len(known) + 1`` rows of padding and words.
    """
    first = len(known) + 1
    own = [known[word]] if word in known else []
    parts = (p for p in pieces(word, *sizes) if p not in "<>")
    return own + [first + bucket(p, buckets) for p in parts]


def bags(
    words: Sequence[str], sizes: tuple[int, int], buckets: int = BUCKETS
) -> Tensor:
    """(1 + V, longest) rows for padding and each word, filled up with PAD."""
    known = {word: i for i, word in enumerate(words, 1)}
    rows = [[PAD]] + [bag(w, known, sizes, buckets) for w in words]
    table = torch.full((len(rows), max(map(len, rows))), PAD)
    for row, numbers in zip(table, rows, strict=True):
        row[: len(numbers)] = torch.tensor(numbers)
    return table
