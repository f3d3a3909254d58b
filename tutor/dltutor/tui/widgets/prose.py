"""Markdown on a sheet: what ``dltutor.prose`` lays out, with the theme's inks for its colours."""

from __future__ import annotations

import re

from dltutor import prose
from dltutor.drawing.inks import Line, Span

_PAINTED = re.compile(r"\x1b\[([\d;]+)m(.*?)\x1b\[0m")
_INKS = {"1": "strong", "3": "em", "36": "code", "2": "muted"}


def markdown(text: str, columns: int) -> list[Line]:
    """Lines of at most ``columns``. Headings lose their underline: here they have an ink."""
    lines = [inked(line) for line in prose.lines(text, columns, colour=True)]
    found: list[Line] = []
    for line in lines:
        if (
            found
            and line
            and set("".join(s.text for s in line)) in ({"─"}, {"═"})
            and _is_heading(found[-1])
        ):
            found[-1] = [s._replace(ink="heading") for s in found[-1]]
        else:
            found.append(line)
    return found


def _is_heading(line: Line) -> bool:
    return bool(line) and all(span.ink == "strong" for span in line)


def inked(line: str) -> Line:
    """A line with ANSI colours as spans; the back-ticks of code step back."""
    spans: Line = []
    at = 0
    for found in _PAINTED.finditer(line):
        if found.start() > at:
            spans.append(Span(line[at : found.start()]))
        ink = _INKS.get(found[1], "")
        text = found[2]
        if ink == "code":
            spans += [
                Span(part, "muted" if part == "`" else ink)
                for part in re.split("(`)", text)
                if part
            ]
        else:
            spans.append(Span(text, ink))
        at = found.end()
    if at < len(line):
        spans.append(Span(line[at:]))
    return spans
