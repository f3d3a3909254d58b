"""The sentences of chapter 12: three sets that share none, and tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from dltutor.data.roots import DataChoice
from dltutor.data.texts import Pair, pairs
from dltutor.errors import DataError
from dltutor.i18n import local
from dltutor_plugins.chapter12_seq2seq.vocabulary import (
    BOS,
    EOS,
    PAD,
    Vocabulary,
)

HELD = 500
"""sentences to test with, and as many to validate with"""


class Sets(NamedTuple):
    """Sentences to train, validate and test with. No two are the same."""

    train: tuple[Pair, ...]
    val: tuple[Pair, ...]
    test: tuple[Pair, ...]


class Sentences(NamedTuple):
    """Sentences as numbers, filled up with PAD to the longest."""

    source: Tensor
    """(N, S) int64: characters, EOS"""
    target: Tensor
    """(N, S + 1) int64: BOS, syllables, EOS"""
    lengths: Tensor
    """(N,) int64, of the sources with their EOS; on the CPU"""

    def batch(self, places: Tensor) -> tuple[Tensor, Tensor]:
        """Some of them, (B, s) and (B, s + 1), as wide as their longest."""
        longest = int(self.lengths[places].max())
        places = places.to(self.source.device)
        return (
            self.source[places, :longest],
            self.target[places, : longest + 1],
        )


def load(data: DataChoice, most: int = 20_000) -> Sets:
    """The chosen sentences, shuffled by a fixed seed, then divided.

    500 are for testing and 500 for validating, of few sentences a tenth.
    DataError says what is wrong with a file.
    """
    found = pairs(data, most)
    if len(found) < 20:
        en = f"{data.label}: {len(found)} different sentences"
        zh = f"{data.label}：{len(found)} 个不同的句子"
        hint = {"en": "20 or more are needed", "zh": "至少需要 20 个"}
        raise DataError(local({"en": en, "zh": zh}), local(hint))
    generator = torch.Generator().manual_seed(2026)
    order = torch.randperm(len(found), generator=generator).tolist()
    mixed = tuple(found[i] for i in order)
    held = min(HELD, len(found) // 10)
    return Sets(mixed[2 * held :], mixed[held : 2 * held], mixed[:held])


def tensors(
    sentences: Sequence[Pair],
    characters: Vocabulary,
    syllables: Vocabulary,
    device: torch.device | str = "cpu",
) -> Sentences:
    """Numbers of sentences; a token that is not known becomes UNK."""
    source = [[*characters.numbers(p.hanzi), EOS] for p in sentences]
    target = [[BOS, *syllables.numbers(p.pinyin), EOS] for p in sentences]
    lengths = torch.tensor([len(row) for row in source])
    return Sentences(
        padded(source).to(device), padded(target).to(device), lengths
    )


def padded(rows: Sequence[Sequence[int]]) -> Tensor:
    """Rows of any lengths as one tensor (N, longest), PAD behind each."""
    out = torch.full((len(rows), max(map(len, rows))), PAD)
    for i, row in enumerate(rows):
        out[i, : len(row)] = torch.tensor(row)
    return out
