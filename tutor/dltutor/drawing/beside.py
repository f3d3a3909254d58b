"""Names beside the points of a chart, where there is room for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from dltutor.drawing.inks import Ink, Line, Span
from dltutor.text import width

Cell = tuple[str, Ink]
"""a sign and its ink; the second cell of a wide sign is empty"""
EMPTY = (" ", "\u2800")


def with_names(
    lines: Sequence[Line], names: Iterable[tuple[int, int, str]], left: int, columns: int
) -> list[Line]:
    """The drawn chart with each name near its point (column and line), but not left of ``left``.

    Every sign of the chart is one cell wide. A name that finds no room is left out.
    """
    grid = [[(sign, span.ink) for span in line for sign in span.text] for line in lines]
    for row in grid:
        row += [(" ", "")] * (columns - len(row))
    for column, line, name in names:
        size = width(name)
        for start, at in _around(column, line, size):
            if 0 <= at < len(grid) and left <= start and start + size <= columns:
                room = grid[at][max(left, start - 1) : start + size + 1]
                if all(sign in EMPTY for sign, _ in room):
                    grid[at][start : start + size] = _cells(name)
                    break
    return [_line(row) for row in grid]


def _around(column: int, line: int, size: int) -> Iterator[tuple[int, int]]:
    """Where a name may begin: right, left, above, below, then a little farther away."""
    yield column + 2, line
    yield column - 1 - size, line
    for away in (1, 2, 3):
        for at in (line - away, line + away):
            for start in (column - size // 2, column + 1, column - size):
                yield start, at


def _cells(name: str) -> list[Cell]:
    found: list[Cell] = []
    for sign in name:
        size = width(sign)
        if size == 0 and found:  # an accent belongs to the sign before
            found[-1] = (found[-1][0] + sign, "")
        found += [(sign, "")][:size] + [("", "")] * (size - 1)
    return found


def _line(row: Sequence[Cell]) -> Line:
    return [
        Span("".join(sign for sign, _ in cells), ink)
        for ink, cells in groupby(row, key=lambda cell: cell[1])
    ]
