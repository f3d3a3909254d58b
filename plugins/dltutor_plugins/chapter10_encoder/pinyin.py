"""Pinyin as people type it: with tones or without, apart or together."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from typing import NamedTuple

MARKS = {"\u0304": "1", "\u0301": "2", "\u030c": "3", "\u0300": "4"}
"""the tone marks of ā á ǎ à, as Unicode's combining characters"""
WORD = re.compile(r"([A-Za-züÜ]+)([0-5]?)|([^A-Za-züÜ]+)")


class Typed(NamedTuple):
    """A syllable of a line, or something else that stood in it."""

    text: str
    """as it was typed"""
    base: str = ""
    """letters without a tone, ``lü`` as ``lv``; empty: no pinyin"""
    tone: str = ""
    """"1" to "4", "5" for the neutral one; empty when none was typed"""

    @property
    def syllable(self) -> str:
        """``"lv4"``; ``"lv"`` when the tone is open."""
        return self.base + self.tone


def typed(line: str, known: Collection[str]) -> list[Typed]:
    """A line cut into syllables and all else, which is kept as it is.

    ``known`` are the syllables without tones; letters that run together are
    divided into the fewest of them, and an apostrophe divides (``xi'an``).
    If any syllable of the line has a tone, those without are neutral, as
    textbooks write them (``wo3 men``); if none has, all tones are open.
    """
    found: list[Typed] = []
    for word in re.split(r"[\s'’]+", unicodedata.normalize("NFC", line)):
        plain, marks = plainly(word)
        for match in WORD.finditer(plain):
            letters, digit, _ = match.groups()
            at, end = match.span()
            if not letters:
                found.append(Typed(word[at:end]))
                continue
            for part in divided(letters.lower().replace("ü", "v"), known):
                after = at + len(part)
                tone = marks[at:after].strip()[-1:]
                if digit and after + 1 == end:
                    after, tone = end, digit.replace("0", "5")
                found.append(Typed(word[at:after], alias(part), tone))
                at = after
    if any(piece.tone for piece in found):
        found = [
            p if p.tone or not p.base else p._replace(tone="5")
            for p in found
        ]
    return found


def plainly(word: str) -> tuple[str, str]:
    """``"lǜ"`` as letters without tones, ``"lü"``, and tones, ``" 4"``."""
    plain = tones = ""
    for letter in word:
        parts = unicodedata.normalize("NFD", letter)
        kept = "".join(p for p in parts if p not in MARKS)
        usual = unicodedata.normalize("NFKC", kept)
        plain += usual if len(usual) == 1 else letter
        tones += next((MARKS[p] for p in parts if p in MARKS), " ")
    return plain, tones


def alias(base: str) -> str:
    """``lue`` and ``nue``, as many type them, as ``lve`` and ``nve``."""
    return {"lue": "lve", "nue": "nve"}.get(base, base)


def divided(letters: str, known: Collection[str]) -> list[str]:
    """``nihao`` as ``ni``, ``hao``: the fewest syllables, long ones first.

    What can not be divided stays one piece.
    """
    # best[i]: how to divide what begins at letter i, None if one can not
    best: list[list[str] | None] = [None] * len(letters) + [[]]
    for start in range(len(letters) - 1, -1, -1):
        for size in range(min(6, len(letters) - start), 0, -1):
            part, rest = letters[start : start + size], best[start + size]
            if alias(part) not in known or rest is None:
                continue
            so_far = best[start]
            if so_far is None or len(rest) + 1 < len(so_far):
                best[start] = [part, *rest]
    return best[0] or [letters]
