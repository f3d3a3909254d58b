"""Chinese as it is set in print: full-width punctuation, a space beside Latin words and numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_HAN: Final = "\u3400-\u4dbf\u4e00-\u9fff"
_FULL: Final = "，。；：？！、（）《》“”‘’…—"
_HALF: Final = re.compile(
    rf"[{_HAN}”》）]\s?([,;:!?()])|([,;:!?()])\s?[{_HAN}“《]|[{_HAN}”》）](\.)(?:\s|$)"
)
_NO_SPACE: Final = re.compile(rf"[{_HAN}][A-Za-z0-9]|[A-Za-z0-9][{_HAN}]")
_SPACE_BEFORE: Final = re.compile(rf"\S ([{_FULL.replace('—', '')}])|([，。；：？！、（）]) \S")
_WIDE_LATIN: Final = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")
# what is not prose: code, formulas, targets of links, emphasis, table rules
_CODE: Final = re.compile(r"(`+).+?(?<!`)\1(?!`)", re.DOTALL)
_FORMULA: Final = re.compile(r"\$[^$]+\$")
_TUPLE: Final = re.compile(rf"\([^(){_HAN}{_FULL}]*,[^(){_HAN}{_FULL}]*\)")  # (B, 1, 28, 28)
_TARGET: Final = re.compile(r"\]\((?:[^()\s]|\([^()\s]*\))*\)|<https?://[^>]*>")
_LEAD: Final = re.compile(r"\*\*[^*]+[。：]\*\* ")
_MARKS: Final = re.compile(r"\*+|(?m:^\s*(?:[-+]|\d+\.|#+|>)\s)|\\(?=[^\w\s])")


def problems(markdown: str) -> Iterator[tuple[int, str]]:
    """Line (from 0) and message for each offence against the rules in a Chinese text."""
    # code and formulas count as one Latin letter, so their neighbours are judged as well
    text = _TUPLE.sub("x", _FORMULA.sub(_letter, _CODE.sub(_letter, markdown)))
    for number, line in enumerate(text.split("\n")):
        if line.lstrip().startswith("|"):
            line = " ".join(cell.strip() for cell in re.split(r"(?<!\\)\|", line))
        line = _MARKS.sub("", _TARGET.sub("", _LEAD.sub("", line)).replace("[", ""))
        if not re.search(f"[{_HAN}]", line):
            continue
        for pattern, message in (
            (_HALF, "half-width punctuation in Chinese"),
            (_NO_SPACE, "no space between Chinese and Latin or a number"),
            (_SPACE_BEFORE, "a space beside full-width punctuation"),
            (_WIDE_LATIN, "full-width letters or digits"),
        ):
            match = pattern.search(line)
            if match:
                around = line[max(match.start() - 6, 0) : match.end() + 6].strip()
                yield number, f"{message}: …{around}…"


def _letter(match: re.Match[str]) -> str:
    return "x" + "\n" * match[0].count("\n")
