"""Words to numbers, and texts to rows of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

PAD, UNKNOWN = 0, 1
"""the ids of nothing, and of any word that is not in the vocabulary"""


class Vocabulary:
    """The words of a training set, most frequent first, from id 2 on."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = tuple(words)
        self.ids = {word: i for i, word in enumerate(words, UNKNOWN + 1)}

    @classmethod
    def of(
        cls, texts: Iterable[Sequence[str]], most: int, least: int = 2
    ) -> Vocabulary:
        """The ``most`` words that stand there ``least`` times or more."""
        counts = Counter(word for text in texts for word in text)
        ranked = sorted(
            counts.items(), key=lambda item: (-item[1], item[0])
        )
        return cls([w for w, n in ranked if n >= least][:most])

    def __len__(self) -> int:
        """Rows that a table needs: the words, padding and unknown."""
        return len(self.words) + 2

    def encode(self, text: Sequence[str]) -> list[int]:
        return [self.ids.get(word, UNKNOWN) for word in text]


def padded(rows: Sequence[Sequence[int]], longest: int) -> Tensor:
    """Rows of ids cut to ``longest`` and filled up: (N, length) int64.

    The length is that of the longest row, 1 at least.
    """
    length = max(1, min(longest, max(map(len, rows), default=1)))
    table = torch.full((len(rows), length), PAD)
    for row, ids in zip(table, rows, strict=True):
        cut = torch.tensor(ids[:length], dtype=torch.long)
        row[: len(cut)] = cut
    return table
