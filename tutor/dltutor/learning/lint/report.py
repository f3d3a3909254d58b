"""Helps the checkers to say what they found."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from dltutor.chapter import LANGUAGES, Text
from dltutor.errors import TutorError
from dltutor.learning.lint import Finding

_PLACE: Final = re.compile(
    r"(?P<file>.+?\.(?:md|toml|py))(?::(?P<line>\d+))?: (?P<message>.+)", re.DOTALL
)
_AT_LINE: Final = re.compile(r"\(at line (\d+), column \d+\)")


class Reporter:
    """Collects the findings of one area."""

    def __init__(self, area: str) -> None:
        self.area = area
        self.found: list[Finding] = []

    def error(self, message: str, file: Path | str = "", line: int = 0) -> None:
        self.found.append(Finding("error", self.area, str(file), line, message))

    def warning(self, message: str, file: Path | str = "", line: int = 0) -> None:
        self.found.append(Finding("warning", self.area, str(file), line, message))

    def caught(self, error: TutorError, file: Path | str = "", line: int = 0) -> None:
        """An error that names its own place, as those of ``dltutor.content`` do."""
        text = str(error)
        match = _PLACE.fullmatch(text)
        if match and Path(match["file"]).exists():
            file, line, text = match["file"], int(match["line"] or 0), match["message"]
            at = _AT_LINE.search(text)
            line = line or (int(at[1]) if at else 0)
        self.error(text, file, line)

    def both_languages(self, text: Text, what: str, file: Path | str = "", line: int = 0) -> None:
        """A text that is prose must stand in every language."""
        if isinstance(text, str):
            if needs_translation(text):
                self.error(f"{what} has no {{en, zh}} texts: {text[:40]!r}", file, line)
            return
        for lang in LANGUAGES:
            if not text.get(lang, "").strip():
                self.error(f"{what} has no text in {lang}", file, line)


def needs_translation(text: str) -> bool:
    """Whether a text for both languages holds words, and not only code, numbers and formulas."""
    bare = re.sub(r"`[^`]*`|\$[^$]*\$", "", text)
    return bool(re.search(r"[A-Za-z]{3,} [A-Za-z]{2,}|[\u4e00-\u9fff]", bare))


def texts(value: Any) -> Iterator[tuple[str, str]]:
    """Language and text of a Text ("" for a text of every language)."""
    if isinstance(value, Mapping):
        yield from ((str(lang), str(text)) for lang, text in value.items())
    elif isinstance(value, str):
        yield "", value


def line_of(file: Path, pattern: str) -> int:
    """The first line of a file that matches; 0 where none does."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return 0
    wanted = re.compile(pattern)
    return next((i for i, line in enumerate(lines, 1) if wanted.search(line)), 0)
