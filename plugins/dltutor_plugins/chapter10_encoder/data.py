"""Sentences with their pinyin as numbers, in three sets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor

from dltutor.data import texts
from dltutor.data.texts import Pair
from dltutor.errors import DataError
from dltutor.i18n import local

if TYPE_CHECKING:
    from dltutor.data.roots import DataChoice

LONGEST = 64
"""characters; a longer sentence is cut"""
FEWEST = 10
"""sentences; hardly enough to see whether a file is right"""
TEST, VAL = 1_000, 500
"""sentences; of a set below 10,000 a tenth and a twentieth"""


class Vocabulary:
    """Numbers of syllables and of characters.

    Number 0 is padding among syllables, and among characters whatever is
    not known. Syllable 1 is one that is not known. Each base has two
    kinds of entries: ``ma1`` to ``ma5`` (neutral), and ``ma``, whose tone is open.
    """

    def __init__(
        self, syllables: Sequence[str], characters: Sequence[str]
    ) -> None:
        self.syllables = tuple(syllables)
        self.characters = tuple(characters)
        self.syllable = {s: i for i, s in enumerate(self.syllables)}
        self.character = {c: i for i, c in enumerate(self.characters)}
        self.bases = {s for s in self.syllables[2:] if not s[-1].isdigit()}

    @classmethod
    def of(cls, pairs: Iterable[Pair]) -> Vocabulary:
        """All that occurs in the training sentences, and nothing else."""
        toned, characters = set[str](), set[str]()
        for pair in pairs:
            toned.update(map(with_tone, pair.pinyin))
            characters.update(pair.hanzi)
        bases = {s[:-1] for s in toned}
        return cls(
            ["", "?", *sorted(toned | bases)], ["", *sorted(characters)]
        )

    def read(self, syllables: Iterable[str]) -> list[int]:
        """Numbers of syllables; a tone never seen counts as an open one."""
        known = self.syllable
        return [
            known.get(s) or known.get(s.rstrip("12345"), 1)
            for s in syllables
        ]

    def without_tones(self) -> Tensor:
        """(syllables,): the number of each with its tone left open."""
        return torch.tensor(
            [
                self.syllable.get(s.rstrip("12345"), i)
                for i, s in enumerate(self.syllables)
            ]
        )


def with_tone(syllable: str) -> str:
    """``"de"`` of a text with tones is neutral: ``"de5"``."""
    return syllable if syllable[-1] in "12345" else syllable + "5"


class Sentences(NamedTuple):
    """Numbers of a set's sentences, 0 behind their ends."""

    x: Tensor
    """(N, L) int64: syllables"""
    y: Tensor
    """(N, L) int64: characters"""
    lengths: Tensor
    """(N,) int64, on the CPU"""

    def batch(self, which: Tensor) -> tuple[Tensor, Tensor]:
        """x and y of these sentences, as wide as the longest of them."""
        longest = int(self.lengths[which].max())
        where = which.to(self.x.device)
        return self.x[where, :longest], self.y[where, :longest]


class Sets(NamedTuple):
    train: Sentences
    val: Sentences
    test: Sentences
    vocabulary: Vocabulary


def load(
    choice: DataChoice,
    most: int,
    device: torch.device,
    share: float = 1.0,
) -> Sets:
    """The chosen sentences, split always in the same way.

    Of the training sentences a ``share`` is kept. Raises DataError.
    """
    pairs = cut(texts.pairs(choice, most))
    if len(pairs) < FEWEST:
        en = f"{choice.root}: {len(pairs)} sentences"
        zh = f"{choice.root}：只有 {len(pairs)} 个句子"
        hint = {
            "en": f"{FEWEST} or more are needed",
            "zh": f"至少 {FEWEST} 个",
        }
        raise DataError(local({"en": en, "zh": zh}), local(hint))
    train, val, test = split(pairs)
    train = train[: max(1, round(share * len(train)))]
    vocabulary = Vocabulary.of(train)
    longest = max(len(p.hanzi) for p in (*train, *val, *test))
    parts = [
        encode(part, vocabulary, longest, device)
        for part in (train, val, test)
    ]
    return Sets(parts[0], parts[1], parts[2], vocabulary)


def cut(pairs: Iterable[Pair]) -> list[Pair]:
    """Sentences of at most ``LONGEST`` characters."""
    return [
        Pair(pair.pinyin[i : i + LONGEST], pair.hanzi[i : i + LONGEST])
        for pair in pairs
        for i in range(0, len(pair.hanzi), LONGEST)
    ]


def split(
    pairs: Sequence[Pair],
) -> tuple[list[Pair], list[Pair], list[Pair]]:
    """Training, validation and test sentences, drawn with a fixed seed."""
    generator = torch.Generator().manual_seed(10)
    order = torch.randperm(len(pairs), generator=generator).tolist()
    test = max(1, min(TEST, len(pairs) // 10))
    val = max(1, min(VAL, len(pairs) // 20))
    mixed = [pairs[i] for i in order]
    return mixed[test + val :], mixed[test : test + val], mixed[:test]


def encode(
    pairs: Sequence[Pair],
    vocabulary: Vocabulary,
    longest: int,
    device: torch.device | str = "cpu",
) -> Sentences:
    """Each pair as a row of ``longest`` numbers."""
    x = torch.zeros(len(pairs), longest, dtype=torch.long)
    y = torch.zeros(len(pairs), longest, dtype=torch.long)
    lengths = torch.tensor([len(pair.hanzi) for pair in pairs])
    for i, (pinyin, hanzi) in enumerate(pairs):
        n = len(hanzi)
        x[i, :n] = torch.tensor(vocabulary.read(map(with_tone, pinyin)))
        known = [vocabulary.character.get(c, 0) for c in hanzi]
        y[i, :n] = torch.tensor(known)
    return Sentences(x.to(device), y.to(device), lengths)
