"""Text in a terminal: what is safe to print, how wide it is, where a line may break.

Widths are display columns: 2 for Chinese characters and most emoji, 0 for combining marks.
Characters of ambiguous width (Greek, arrows, Chinese quotes) count 1, as terminals draw them
unless told otherwise.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, Literal

_ESCAPES: Final = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor
    r"|\x1b[\]PX^_].*?(?:\x07|\x1b\\|\x9c|(?=\n)|$)"  # OSC and other strings, with their text
    r"|\x1b[ -/]*[0-~]"
    r"|\x9b[0-?]*[ -/]*[@-~]"
)
_LINE_ENDS: Final = re.compile("\r\n?|[\u2028\u2029]")
# controls but the line end, lone surrogates, and marks that turn the direction of what follows
_CONTROLS: Final = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
_SURROGATES: Final = re.compile("[\ud800-\udfff]")

# printable ASCII, frames, blocks and Braille: all of a chart, and each one column wide
_NARROW: Final = re.compile("[ -~\u2500-\u259f\u2800-\u28ff]*")

# a line must not begin with these ...
_CLOSING: Final = frozenset(
    ")]},.!?:;%'”’»…‥—–·、。，．！？：；）】》〉」』〕〗］｝％‰℃～ーゝ々ぁぃぅぇぉっゃゅょァィゥェォッャュョ"
)
# ... nor end with these
_OPENING: Final = frozenset("([{“‘«（【《〈「『〔〖［｛＄￥￡")
_JOINER: Final = "\u200d"
_EMOJI_LOOK: Final = "\ufe0f"


def clean(text: str) -> str:
    """``text`` without terminal escapes and control characters, with spaces for tabs."""
    if text.isascii() and text.isprintable():
        return text
    text = _LINE_ENDS.sub("\n", _ESCAPES.sub("", text)).expandtabs(4)
    return _SURROGATES.sub("\ufffd", _CONTROLS.sub("", text))


@lru_cache(maxsize=4096)
def _char_width(char: str) -> int:
    code = ord(char)
    category = unicodedata.category(char)
    if category in ("Mn", "Me", "Cc") or (category == "Cf" and code != 0xAD):
        return 0
    if 0x1160 <= code <= 0x11FF or category in (
        "Zl",
        "Zp",
    ):  # Hangul vowels stand in their syllable
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _clusters(text: str) -> Iterator[tuple[str, int]]:
    """What a terminal draws as one (a letter with its marks, a joined emoji), and its width."""
    i, end = 0, len(text)
    while i < end:
        start, char = i, text[i]
        columns = _char_width(char)
        i += 1
        if (
            "\U0001f1e6" <= char <= "\U0001f1ff"
            and i < end
            and "\U0001f1e6" <= text[i] <= "\U0001f1ff"
        ):
            i, columns = i + 1, 2
        while i < end:
            mark = text[i]
            if mark == _EMOJI_LOOK:
                columns = 2 if columns and not char.isalpha() and char != " " else columns
            elif mark == _JOINER and columns == 2 and i + 1 < end and _char_width(text[i + 1]) == 2:
                i += 1  # the next picture merges into this one
            elif not (_char_width(mark) == 0 and mark != "\n") and not (
                columns == 2 and "\U0001f3fb" <= mark <= "\U0001f3ff"  # a colour of skin
            ):
                break
            i += 1
        yield text[start:i], columns


def width(text: str) -> int:
    """Display columns of one line of text."""
    if _NARROW.fullmatch(text):
        return len(text)
    return sum(columns for _, columns in _clusters(text))


def _may_break(before: str, after: str, wide: bool) -> bool:
    """Whether a line may end between two neighbours that no space parts."""
    if after[0] in _CLOSING or before[0] in _OPENING:
        return False
    return wide or before[0] == "\u200b"


def _words(line: str) -> Iterator[tuple[str, int]]:
    """The pieces that stay whole, and the runs of spaces between them."""
    word, columns = "", 0
    before, before_columns = "", 0
    previous_letter = False
    for cluster, cluster_columns in _clusters(line):
        if word and (
            (cluster == " ") != (before == " ")
            or (
                cluster != " "
                and _may_break(before, cluster, cluster_columns == 2 or before_columns == 2)
            )
            # after the hyphen of a compound word, but not of --option or 1e-3
            or (before == "-" and previous_letter and cluster[0].isalpha())
        ):
            yield word, columns
            word, columns = "", 0
        if cluster == "-":
            previous_letter = before[:1].isalpha() and len(word) > 2
        word, columns = word + cluster, columns + cluster_columns
        before, before_columns = cluster, cluster_columns
    if word:
        yield word, columns


def wrap(text: str, columns: int) -> list[str]:
    """``text`` in lines of at most ``columns`` (2 or more).

    Breaks at spaces, after hyphens of compound words, and between Chinese characters, but
    puts no closing punctuation at a line's start and no opening one at its end. A word that
    is longer than a line is cut. Line ends in ``text`` stay; spaces at a break go.
    """
    columns = max(columns, 2)
    lines: list[str] = []
    for source in text.split("\n"):
        line, used = "", 0
        for word, needed in _words(source.rstrip(" ")):
            if used + needed <= columns:
                line, used = line + word, used + needed
                continue
            if line.strip(" "):
                lines.append(line.rstrip(" "))
            line, used = "", 0
            if word[0] == " ":
                continue  # the line ended here, without these spaces
            if needed <= columns:
                line, used = word, needed
                continue
            for cluster, cluster_columns in _clusters(word):
                if used + cluster_columns > columns:
                    lines.append(line)
                    line, used = "", 0
                line, used = line + cluster, used + cluster_columns
        lines.append(line.rstrip(" "))
    return lines


def pad(text: str, columns: int, align: Literal["left", "right"] = "left") -> str:
    """``text`` filled with spaces to ``columns``; longer text stays as it is."""
    gap = " " * (columns - width(text))
    return gap + text if align == "right" else text + gap


def shorten(text: str, columns: int) -> str:
    """``text`` in at most ``columns``, ended with … where something was cut."""
    if width(text) <= columns:
        return text
    kept, used = "", 0
    for cluster, cluster_columns in _clusters(text):
        if used + cluster_columns > columns - 1:
            break
        kept, used = kept + cluster, used + cluster_columns
    return (kept.rstrip(" ") + "…") if columns > 0 else ""
