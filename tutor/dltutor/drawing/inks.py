"""What a drawing is made of: spans of text with named or exact colours."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

RGB = tuple[int, int, int]
Ink = str | RGB
"""The name of a part (``""``, ``title``, ``muted``, ``series1`` ...) or an exact colour."""


class Place(NamedTuple):
    """A cell of a picture that is to be shown in pixels."""

    number: int
    column: int
    row: int


class Span(NamedTuple):
    """A piece of one line."""

    text: str
    ink: Ink = ""
    paper: RGB | None = None
    place: Place | None = None
    """what the text stands for"""


Line = list[Span]

SERIES = 6
"""After so many series the colours come round again."""

# Middle tones that can be read on white and on black, apart also for colour-blind eyes.
_SERIES_8 = (33, 166, 36, 169, 136, 104)
_SERIES_4 = (34, 31, 32, 35, 33, 36)


def series_ink(index: int) -> str:
    return f"series{index % SERIES + 1}"


def depth_of_terminal(environment: Mapping[str, str] | None = None) -> int:
    """The bits of colour that the terminal's variables promise: 24, 8 or 4."""
    env = os.environ if environment is None else environment
    if env.get("COLORTERM", "").lower() in ("truecolor", "24bit") or "WT_SESSION" in env:
        return 24
    term = env.get("TERM", "")
    if "direct" in term or any(name in term for name in ("kitty", "ghostty", "wezterm")):
        return 24
    return 8 if "256" in term else 4


def to_ansi(line: Line, depth: int) -> str:
    """The line with its colours as terminal escapes."""
    parts: list[str] = []
    for text, ink, paper, _ in line:
        codes = [c for c in (_foreground(ink, depth), _background(paper, depth)) if c]
        parts.append(f"\x1b[{';'.join(codes)}m{text}\x1b[0m" if codes else text)
    return "".join(parts)


def _foreground(ink: Ink, depth: int) -> str:
    if not isinstance(ink, str):
        return _exact(ink, depth, 38)
    if ink.startswith("series"):
        index = (int(ink[6:]) - 1) % SERIES
        return f"38;5;{_SERIES_8[index]}" if depth > 4 else str(_SERIES_4[index])
    return {"title": "1", "muted": "2"}.get(ink, "")


def _background(paper: RGB | None, depth: int) -> str:
    return "" if paper is None else _exact(paper, depth, 48)


@lru_cache(maxsize=4096)
def _exact(colour: RGB, depth: int, ground: int) -> str:
    if depth >= 24:
        return f"{ground};2;{colour[0]};{colour[1]};{colour[2]}"
    if depth >= 8:
        return f"{ground};5;{nearest_256(colour)}"
    return ""


def nearest_256(colour: RGB) -> int:
    """The nearest of the 6 x 6 x 6 cube and the 24 greys of a 256-colour terminal."""
    levels = (0, 95, 135, 175, 215, 255)
    at = [min(range(6), key=lambda i: abs(levels[i] - part)) for part in colour]
    cube = sum((levels[i] - part) ** 2 for i, part in zip(at, colour, strict=True))
    grey = max(0, min(23, round((sum(colour) / 3 - 8) / 10)))
    if sum((8 + 10 * grey - part) ** 2 for part in colour) < cube:
        return 232 + grey
    return 16 + 36 * at[0] + 6 * at[1] + at[2]
