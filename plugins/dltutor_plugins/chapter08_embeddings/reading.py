"""Texts as tensors of ids: how each of the two networks reads them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import torch
from torch import Tensor

from dltutor_plugins.chapter08_embeddings import tokens
from dltutor_plugins.chapter08_embeddings.model import letter_ids
from dltutor_plugins.chapter08_embeddings.vocabulary import (
    PAD,
    Vocabulary,
    padded,
)


class Reader(Protocol):
    @property
    def shortest(self) -> int:
        """Columns that a batch keeps, though they be padding."""

    def __call__(self, texts: Sequence[str]) -> Tensor:
        """(N, L) ids, padded with 0 to the longest text."""


class WordReader(NamedTuple):
    """Words by the vocabulary of the training set."""

    vocabulary: Vocabulary
    longest: int

    @property
    def shortest(self) -> int:
        return 1  # the network leaves padding out of its maximum

    def __call__(self, texts: Sequence[str]) -> Tensor:
        return self.rows([tokens.words(text) for text in texts])

    def rows(self, divided: Sequence[Sequence[str]]) -> Tensor:
        """The same for texts that are divided into words already."""
        ids = [self.vocabulary.encode(text) for text in divided]
        return padded(ids, self.longest)


class LetterReader(NamedTuple):
    """Letters, Chinese as pinyin; every text filled up to ``longest``.

    All inputs have one length, so that padding is the same for a text
    alone and in any batch.
    """

    longest: int

    @property
    def shortest(self) -> int:
        return self.longest

    def __call__(self, texts: Sequence[str]) -> Tensor:
        rows = [
            letter_ids(tokens.letters(text), self.longest) for text in texts
        ]
        table = torch.zeros(len(rows), self.longest, dtype=torch.uint8)
        for row, ids in zip(table, rows, strict=True):
            row[: len(ids)] = torch.tensor(ids, dtype=torch.uint8)
        return table


class Set(NamedTuple):
    """What a network reads, and the classes. Both lie on the device."""

    x: Tensor
    """(N, L)"""
    y: Tensor
    """(N,) int64"""

    @property
    def lengths(self) -> list[int]:
        """Places up to the last that is no padding."""
        last = torch.arange(1, self.x.shape[1] + 1, device=self.x.device)
        found: list[int] = ((self.x != PAD) * last).amax(dim=1).tolist()
        return found


def trim(x: Tensor, shortest: int) -> Tensor:
    """Without the columns that are padding in the whole batch."""
    used = (x != PAD).any(dim=0).nonzero()
    length = int(used[-1]) + 1 if len(used) else 1
    return x[:, : max(shortest, length)]
