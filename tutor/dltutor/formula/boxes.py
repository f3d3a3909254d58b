"""Blocks of text put beside and over each other, as a displayed formula needs it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dltutor.formula import symbols
from dltutor.text import pad, width


@dataclass(frozen=True, slots=True)
class Box:
    """Lines of text of one width; ``base`` is the line that goes on with its neighbours."""

    lines: tuple[str, ...]
    base: int = 0

    @property
    def width(self) -> int:
        return max(map(width, self.lines), default=0)


def beside(boxes: Sequence[Box]) -> Box:
    """Boxes in a row, their base lines level."""
    up = max((box.base for box in boxes), default=0)
    down = max((len(box.lines) - box.base for box in boxes), default=1)
    lines = [""] * (up + down)
    for box in boxes:
        size, top = box.width, up - box.base
        for i in range(up + down):
            at = i - top
            lines[i] += pad(box.lines[at] if 0 <= at < len(box.lines) else "", size)
    return Box(tuple(lines), up)


def stack(boxes: Sequence[Box], base: int) -> Box:
    """Boxes one over the other, centred; the base line is that of ``boxes[base]``."""
    size = max(box.width for box in boxes)
    lines = [
        pad(" " * ((size - box.width) // 2) + line, size) for box in boxes for line in box.lines
    ]
    return Box(tuple(lines), sum(len(box.lines) for box in boxes[:base]) + boxes[base].base)


def append(box: Box, text: str) -> Box:
    """``text`` right behind the base line."""
    if len(box.lines) == 1:
        return Box((box.lines[0] + text,), box.base)
    return beside([box, Box((text,))])


def corner(box: Box, above: Box | None, below: Box | None) -> Box:
    """Scripts at the right corners: over and under a flat box, beside the ends of a tall one."""
    flat = len(box.lines) == 1
    top = list(above.lines) if above else []
    bottom = list(below.lines) if below else []
    if not flat:
        # the last line of what is above stands beside the first line of the box
        middle = len(box.lines) - bool(top) - bool(bottom)
        column = top + [""] * middle + bottom
        lead = max(len(top) - 1, 0)
    else:
        column, lead = [*top, "", *bottom], len(top)
    left = [""] * lead + list(box.lines)
    left += [""] * (len(column) - len(left))
    size = box.width
    return Box(tuple(pad(a, size) + b for a, b in zip(left, column, strict=True)), lead + box.base)


def fenced(left: str, box: Box, right: str) -> Box:
    """The box between delimiters, which grow with it."""
    if len(box.lines) == 1:
        return Box((left + box.lines[0] + right,), box.base)
    inner = Box(
        tuple(f" {pad(line, box.width)} " if left or right else line for line in box.lines),
        box.base,
    )
    return beside([_grown(left, box), inner, _grown(right, box)])


def _grown(delimiter: str, box: Box) -> Box:
    count = len(box.lines)
    if delimiter not in symbols.TALL:
        return Box((delimiter,))
    top, middle, bottom, extension = symbols.TALL[delimiter]
    lines = [top, *[extension] * (count - 2), bottom]
    if count >= 3:
        lines[count // 2] = middle
    return Box(tuple(lines), box.base)


def table(
    rows: Sequence[Sequence[Box]], align: str, gaps: tuple[int, int], *, airy: bool = False
) -> Box:
    """Cells in columns; ``align`` (l, c, r) and ``gaps`` repeat. Tall rows are parted by a line."""
    columns = max(len(row) for row in rows)
    sizes = [max((row[c].width for row in rows if c < len(row)), default=0) for c in range(columns)]
    airy = airy or any(len(cell.lines) > 1 for row in rows for cell in row)
    lines: list[str] = []
    for number, row in enumerate(rows):
        boxes: list[Box] = []
        for column, cell in enumerate(row):
            spare = sizes[column] - cell.width
            before = {"l": 0, "c": spare // 2, "r": spare}[align[column % len(align)]]
            boxes.append(Box((" " * (before + (gaps[column % 2] if column else 0)),)))
            boxes += [cell, Box((" " * (spare - before),))]
        if number and airy:
            lines.append("")
        lines += beside(boxes).lines
    size = max(map(width, lines))
    return Box(tuple(pad(line, size) for line in lines), (len(lines) - 1) // 2)
