"""What a network must be compared with: a count, and a dictionary."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence

from dltutor.data.texts import Pair
from dltutor_plugins.chapter12_seq2seq.vocabulary import MARKS, UNK

Readings = Mapping[str, Counter[str]]
"""of each character: how often it was read how"""

SECOND = 0.05
"""share of its second reading from which on a character is a polyphone"""


def count(sentences: Sequence[Pair]) -> Readings:
    """How often each character is read how in these sentences."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for pair in sentences:
        for hanzi, syllable in zip(pair.hanzi, pair.pinyin, strict=True):
            found[hanzi][syllable] += 1
    return found


def most_frequent(readings: Readings, hanzi: str) -> tuple[str, ...]:
    """Each character's most frequent reading, wherever it stands."""
    return tuple(
        readings[c].most_common(1)[0][0] if c in readings else MARKS[UNK]
        for c in hanzi
    )


def polyphones(readings: Readings) -> frozenset[str]:
    """Characters whose second reading makes at least one in twenty."""
    found = set()
    for hanzi, counts in readings.items():
        two = counts.most_common(2)
        if len(two) == 2 and two[1][1] >= SECOND * counts.total():
            found.add(hanzi)
    return frozenset(found)


def together(
    said: Sequence[str],
    hanzi: str,
    readings: Readings,
    several: Collection[str],
) -> tuple[str, ...]:
    """The count, but what a network said where a polyphone stands.

    Only a reading that training saw of the character is taken, and none
    of an output whose length is wrong.
    """
    found = list(most_frequent(readings, hanzi))
    if len(said) == len(hanzi):
        for i, (character, syllable) in enumerate(
            zip(hanzi, said, strict=True)
        ):
            if character in several and syllable in readings[character]:
                found[i] = syllable
    return tuple(found)


def by_dictionary(hanzi: str) -> tuple[str, ...]:
    """pypinyin's readings: a dictionary of words and of characters."""
    from pypinyin import Style, lazy_pinyin

    return tuple(
        lazy_pinyin(hanzi, style=Style.TONE3, errors=list)  # type: ignore[arg-type]
    )
