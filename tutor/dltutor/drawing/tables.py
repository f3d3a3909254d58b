"""Tables aligned by display width, and notes wrapped to it."""

from __future__ import annotations

from dltutor.drawing.charts import name
from dltutor.drawing.inks import Line, Span
from dltutor.drawing.numbers import figure, figures
from dltutor.i18n import local, t
from dltutor.text import clean, pad, shorten, width, wrap
from dltutor.views import Note, Table

GAP = 2


def cell(value: object) -> str:
    """A cell's text: numbers with thousands separated, text on one line."""
    if isinstance(value, bool):
        return str(value).lower()
    return figure(value) if isinstance(value, int | float) else name(value)


def table(view: Table, columns: int, rows: int) -> list[Line]:
    lines: list[Line] = [[Span(shorten(name(view.title), columns), "title")]] if view.title else []
    count = max([len(view.columns), *(len(r) for r in view.rows)], default=0)
    if not count:
        return lines
    heads = [name(c) for c in view.columns] + [""] * (count - len(view.columns))
    room = rows - len(lines) - (2 if any(heads) else 0)
    shown = view.rows if len(view.rows) <= room else view.rows[: max(1, room - 1)]
    body = [[cell(v) for v in row] + [""] * (count - len(row)) for row in shown]
    for index in range(count):
        column = [(n, row[index]) for n, row in enumerate(shown) if index < len(row)]
        numbers = [
            (n, float(v))
            for n, v in column
            if isinstance(v, int | float) and not isinstance(v, bool)
        ]
        for (n, _), text in zip(numbers, figures(v for _, v in numbers), strict=True):
            body[n][index] = text
    right = [
        bool(view.rows)
        and all(isinstance(r[i], int | float) for r in view.rows if i < len(r) and r[i] != "")
        and any(i < len(r) for r in view.rows)
        for i in range(count)
    ]
    widths = [
        max([width(heads[i]), *(width(row[i]) for row in body)], default=1) or 1
        for i in range(count)
    ]
    widths = _squeezed(widths, columns, right)
    # one more than fits is left out whole rather than cut in the middle
    while len(widths) > 1 and sum(widths) + GAP * (len(widths) - 1) > columns:
        widths.pop()
    if any(heads):
        lines.append([Span(_row(heads, widths, right), "muted")])
        lines.append([Span("─" * (sum(widths) + GAP * (len(widths) - 1)), "muted")])
    lines += [[Span(_row(row, widths, right))] for row in body]
    if len(shown) < len(view.rows):
        lines.append(
            [
                Span(
                    shorten(t("… and {count} more", count=len(view.rows) - len(shown)), columns),
                    "muted",
                )
            ]
        )
    return lines


def _squeezed(widths: list[int], columns: int, right: list[bool]) -> list[int]:
    """Takes from the widest columns of text until the row fits; numbers are cut last."""
    widths = list(widths)
    for kinds, least in ((False, 6), (True, 4), (False, 2)):
        while sum(widths) + GAP * (len(widths) - 1) > columns:
            at = [i for i in range(len(widths)) if right[i] == kinds and widths[i] > least]
            if not at:
                break
            widest = max(at, key=widths.__getitem__)
            widths[widest] -= 1
    return widths


def _row(cells: list[str], widths: list[int], right: list[bool]) -> str:
    parts = [
        pad(shorten(text, w), w, "right" if end else "left")
        for text, w, end in zip(cells, widths, right, strict=False)
    ]
    return (" " * GAP).join(parts).rstrip()


def note(view: Note, columns: int, rows: int) -> list[Line]:
    text = clean(local(view.text))
    lines: list[Line] = [
        [Span(line)] for part in text.split("\n") for line in (wrap(part, columns) or [""])
    ]
    if len(lines) > rows:
        lines = [*lines[: rows - 1], [Span("…", "muted")]]
    return lines
