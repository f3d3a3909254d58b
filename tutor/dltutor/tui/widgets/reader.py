"""A lesson as lines: prose, listings, formulas, embedded demos, things to try."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from dltutor import drawing
from dltutor.content import Embedded, Formula, Lesson, Listing, Part, Prose
from dltutor.drawing.inks import Line, Span
from dltutor.i18n import t
from dltutor.text import clean, shorten, width, wrap
from dltutor.tui.widgets import prose
from dltutor.tui.widgets.code import listing
from dltutor.views import View

MEASURE = 80
"""no line is longer, however wide the window"""
EDGE = 2
"""columns left of the text, for the edge of listings: their code stands below the prose"""
DEMO_ROWS = 15


@dataclass(frozen=True, slots=True)
class Mark:
    """Something in the lesson that one can go to or act on."""

    line: int
    kind: Literal["heading", "listing", "demo", "try"]
    text: str
    part: int
    end: int


def lay_out(
    lesson: Lesson,
    parts: Sequence[Part],
    columns: int,
    drawn: Mapping[int, Sequence[View] | str],
    depth: int,
) -> tuple[list[Line], list[Mark]]:
    """The whole lesson at a width. ``drawn`` holds the embedded demos' views, or why there are none."""
    before = " " * indent(columns)
    # code keeps its lines where it can, prose is narrower
    code_columns = EDGE + max(16, min(MEASURE, columns - EDGE))
    columns = max(16, min(MEASURE, columns - EDGE - 3))
    lines: list[Line] = [
        [],
        *([Span(text, "heading")] for text in wrap(clean(lesson.title), columns)),
    ]
    marks: list[Mark] = [Mark(0, "heading", clean(lesson.title), -1, 2)]
    if lesson.goals:
        lines.append([])
        for goal in lesson.goals:
            for number, line in enumerate(prose.markdown(goal, columns - 4)):
                first = "  · " if number == 0 else "    "
                lines.append(
                    [Span(first, "muted"), *(s._replace(ink=s.ink or "muted") for s in line)]
                )
    lines = _moved(lines, before + " " * EDGE)
    for number, part in enumerate(parts):
        lines.append([])
        start = len(lines)
        hangs = isinstance(part, Listing)
        body = _part(part, code_columns if hangs else columns, drawn.get(number), depth)
        if isinstance(part, Prose):
            marks += [
                Mark(start + at, "heading", "".join(s.text for s in line), number, start + at + 1)
                for at, line in enumerate(body)
                if line and all(s.ink == "heading" for s in line)
            ]
        lines += _moved(body, before if hangs else before + " " * EDGE)
        if isinstance(part, Listing) and part.symbol:
            marks.append(Mark(start, "listing", part.symbol, number, len(lines)))
        elif isinstance(part, Embedded):
            marks.append(Mark(start, "demo", part.demo, number, len(lines)))
        elif not isinstance(part, Prose | Listing | Formula):
            marks.append(Mark(start, "try", part.command, number, len(lines)))
    return lines, marks


def _moved(lines: Sequence[Line], margin: str) -> list[Line]:
    return [[Span(margin), *line] if line else line for line in lines]


def indent(columns: int) -> int:
    """The margin that puts the text, with its edge, into the middle of a wide window."""
    return max(0, (columns - MEASURE - 2 * EDGE - 4) // 2)


def copied(text: str, columns: int) -> str:
    """What is selected in a lesson of that width, without margins and the edges of listings."""
    margin = " " * (indent(columns) + EDGE)
    lines: list[str] = []
    for line in text.split("\n"):
        edge = re.match(r" *▏(↪| |$)", line)
        if edge is None:
            lines.append(line.removeprefix(margin))
        elif edge[1] == "↪" and lines:
            lines[-1] += line[edge.end() :].rstrip()
        else:
            lines.append(line[edge.end() :].rstrip())
    return "\n".join(lines)


def _part(part: Part, columns: int, drawn: Sequence[View] | str | None, depth: int) -> list[Line]:
    if isinstance(part, Prose):
        return prose.markdown(part.markdown, columns)
    if isinstance(part, Formula):
        return [[Span("    " + line)] for line in part.text.split("\n")]
    if isinstance(part, Listing):
        caption: list[Line] = []
        if part.symbol:
            where = shorten(f"{part.file.name}  {part.symbol}", columns - 1)
            caption = [[Span(" " * (columns - 1 - width(where))), Span(where, "muted")]]
        return [*caption, *listing(part.code, part.language, columns)]
    if isinstance(part, Embedded):
        return _demo(part, columns, drawn, depth)
    body = prose.markdown(part.markdown, columns - 2)
    label = t("Try it:")
    first = body[0] if body else []
    # the label goes before the first words where they leave room for it
    if sum(width(s.text) for s in first) + width(label) + 3 <= columns:
        return [
            [Span("▸ ", "key"), Span(label + " ", "strong"), *first],
            *([Span("  "), *line] for line in body[1:]),
        ]
    return [[Span("▸ ", "key"), Span(label, "strong")], *([Span("  "), *line] for line in body)]


def _demo(
    part: Embedded, columns: int, drawn: Sequence[View] | str | None, depth: int
) -> list[Line]:
    if drawn is None:
        # about as many lines as there will be, so that the text below stays where it is
        waiting = [Span(t("… computing the demo {name}", name=part.demo), "muted")]
        return [waiting, *([] for _ in range(DEMO_ROWS - 1))]
    command = shlex.join(
        ["dltutor", "demo", part.demo, *(w for s in part.settings for w in ("--set", s))]
    )
    if isinstance(drawn, str):
        why = [[Span(line, "muted")] for line in wrap(clean(drawn), columns - 2)]
        return [[Span("◇ ", "muted"), Span(shorten(command, columns - 2), "code")], *why]
    lines: list[Line] = []
    for view in drawn:
        if lines:
            lines.append([])
        lines += drawing.draw_lines(view, columns, DEMO_ROWS, depth=depth)
    return lines
