"""Tokens and their numbers: characters on one side, syllables on the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

PAD: Final = 0
"""fills a row of a batch behind its end"""
BOS: Final = 1
"""begins an output, before anything is said"""
EOS: Final = 2
"""ends a source and an output"""
UNK: Final = 3
"""stands for every token that training never saw"""
MARKS: Final = ("<pad>", "<bos>", "<eos>", "<unk>")


class Vocabulary:
    """The tokens that are known; numbers 0 to 3 are the four marks."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self.tokens = tuple(tokens)
        self._number = {t: i for i, t in enumerate(tokens, len(MARKS))}

    @classmethod
    def of(cls, rows: Iterable[Iterable[str]], most: int) -> Vocabulary:
        """The most frequent tokens, so that with marks they are ``most``."""
        counts = Counter(token for row in rows for token in row)
        return cls([t for t, _ in counts.most_common(most - len(MARKS))])

    def __len__(self) -> int:
        return len(MARKS) + len(self.tokens)

    def __contains__(self, token: str) -> bool:
        return token in self._number

    def numbers(self, tokens: Iterable[str]) -> list[int]:
        return [self._number.get(token, UNK) for token in tokens]

    def token(self, number: int) -> str:
        """The token, a mark's name, or ``?`` for a number nobody has."""
        if number < len(MARKS):
            return MARKS[number]
        place = number - len(MARKS)
        return self.tokens[place] if place < len(self.tokens) else "?"

    def sentence(self, numbers: Iterable[int]) -> tuple[str, ...]:
        """The tokens up to the end mark, without marks but ``<unk>``."""
        found = []
        for number in numbers:
            if number == EOS:
                break
            if number not in (PAD, BOS):
                found.append(self.token(number))
        return tuple(found)
