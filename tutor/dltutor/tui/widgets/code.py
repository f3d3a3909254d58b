"""Python and other code in the theme's inks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from dltutor.drawing.inks import Line, Span
from dltutor.text import clean, width

_INKS = (
    ("Token.Keyword", "keyword"),
    ("Token.Operator.Word", "keyword"),
    ("Token.Literal.String", "string"),
    ("Token.Literal.Number", "number"),
    ("Token.Comment", "comment"),
    ("Token.Name.Function", "name"),
    ("Token.Name.Class", "name"),
    ("Token.Name.Decorator", "name"),
    ("Token.Name.Builtin", "keyword"),
)


@lru_cache(maxsize=16)
def _lexer(language: str) -> Any:
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


@lru_cache(maxsize=256)
def _ink(token: Any) -> str:
    name = str(token)
    return next((ink for start, ink in _INKS if name.startswith(start)), "")


@lru_cache(maxsize=64)
def coloured(code: str, language: str = "python") -> tuple[tuple[Span, ...], ...]:
    """The lines of a program, each as spans. Cached: the same listing is laid out at many widths."""
    code = clean(code)
    lexer = _lexer(language) if language not in ("", "text") else None
    if lexer is None:
        return tuple((Span(line),) for line in code.split("\n"))
    lines: list[list[Span]] = [[]]
    for token, text in lexer.get_tokens(code):
        ink = _ink(token)
        first, *rest = text.split("\n")
        if first:
            lines[-1].append(Span(first, ink))
        for part in rest:
            lines.append([Span(part, ink)] if part else [])
    return tuple(tuple(line) for line in lines)


def listing(code: str, language: str, columns: int) -> list[Line]:
    """A listing on its own paper; lines that are too long go on in the next one after a sign."""
    found: list[Line] = []
    inside = max(8, columns - 2)
    for line in coloured(code.strip("\n"), language):
        for number, part in enumerate(cut(line, inside)):
            edge = Span("▏ " if number == 0 else "▏↪", "muted on-code")
            body = [Span(s.text, f"{s.ink} on-code") for s in part]
            used = sum(width(s.text) for s in part)
            found.append([edge, *body, Span(" " * max(0, columns - 2 - used), "on-code")])
    return found


def cut(line: Sequence[Span], columns: int) -> list[list[Span]]:
    """A line in pieces of at most ``columns``."""
    parts: list[list[Span]] = [[]]
    used = 0
    for span in line:
        text = ""
        for char in span.text:
            size = width(char)
            if used + size > columns:
                if text:
                    parts[-1].append(span._replace(text=text))
                parts.append([])
                text, used = "", 0
            text, used = text + char, used + size
        if text:
            parts[-1].append(span._replace(text=text))
    return parts
