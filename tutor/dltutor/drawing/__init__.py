"""Views as lines of text, for a terminal, a pipe and a screen reader.

``draw`` fits a view into so many columns and rows, with or without colour; ``describe`` says
the same in words and numbers. The screens take ``draw_lines``, which names its inks
(``series1``, ``muted``) so that a theme can decide what they look like.
"""

from __future__ import annotations

from dltutor.drawing.inks import Line, Span, depth_of_terminal, to_ansi
from dltutor.drawing.words import describe
from dltutor.views import Chart, Heatmap, Picture, Table, View

__all__ = ["Line", "Span", "depth_of_terminal", "describe", "draw", "draw_lines"]

SMALLEST = (8, 2)


def draw(view: View, columns: int, rows: int, *, colour: bool, depth: int | None = None) -> str:
    """The view as at most ``rows`` lines of ``columns`` display columns, by newlines.

    With ``colour`` the lines carry terminal colours: ``depth`` 24, 8 or 4 bits, found out from
    the terminal's own variables when it is None. Without, every line is plain text and says as
    much: series differ by their marks and matrices show numbers or shades.
    """
    if not colour:
        return "\n".join(
            "".join(s.text for s in line).rstrip() for line in draw_lines(view, columns, rows)
        )
    bits = depth_of_terminal() if depth is None else depth
    return "\n".join(to_ansi(line, bits) for line in draw_lines(view, columns, rows, depth=bits))


def draw_lines(view: View, columns: int, rows: int, *, depth: int = 0) -> list[Line]:
    """The view as lines of spans; ``depth`` is the colours' bits: 24, 8, 4, or 0 for none."""
    columns, rows = max(columns, SMALLEST[0]), max(rows, SMALLEST[1])
    lines: list[Line]
    if isinstance(view, Chart):
        from dltutor.drawing.charts import chart

        lines = chart(view, columns, rows, depth)
    elif isinstance(view, Picture):
        from dltutor.drawing.pictures import picture

        lines = picture(view, columns, rows, depth)
    elif isinstance(view, Heatmap):
        from dltutor.drawing.pictures import heatmap

        lines = heatmap(view, columns, rows, depth)
    else:
        from dltutor.drawing.tables import note, table

        lines = table(view, columns, rows) if isinstance(view, Table) else note(view, columns, rows)
    return lines[:rows]
