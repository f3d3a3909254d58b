"""Charts: lines and points on plotext's axes, bars by hand.

plotext keeps one figure for the whole process, hence the lock, and counts code points where a
terminal counts columns, hence titles, legends and the names of bars are ours. It goes through the
dots of a curve a dozen times each, so it is given cells with their signs in place of dots: a live
chart then takes a third of the time.
"""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Iterator, Sequence
from itertools import pairwise

from dltutor.drawing.inks import Line, Span, series_ink
from dltutor.drawing.numbers import labels, log_ticks, span, ticks
from dltutor.i18n import local, t
from dltutor.text import clean, shorten, width
from dltutor.views import Chart, Series

MARKS = ("braille", "+", "x", "o", "*", "#")
_DOTS = (0x40, 0x04, 0x02, 0x01, 0x80, 0x20, 0x10, 0x08)  # the left column from below, the right
_BRAILLE = [
    chr(0x2800 + sum(dot for n, dot in enumerate(_DOTS) if dots >> n & 1)) for dots in range(256)
]
_LOCK = threading.Lock()
_BASE = 100
_COLOURED = re.compile(r"\x1b\[38;5;(\d+)m(.*?)\x1b\[0m|\x1b\[[0-9;]*m", re.DOTALL)
Points = list[tuple[float, float]]
Frame = tuple[float, float, float, float]
"""left, right, bottom, top"""


def name(text: object) -> str:
    """A text of a view in the reader's language, on one line and free of escapes."""
    return " ".join(clean(text if isinstance(text, str) else local(text)).split())  # type: ignore[arg-type]


def chart(view: Chart, columns: int, rows: int, depth: int) -> list[Line]:
    rows = min(rows, max(6, columns // 2))
    head = _head(view, columns, depth)
    if len(head) > rows // 3:
        head = head[: max(rows // 3, 1)]
    x_label = name(view.x_label)
    foot: list[Line] = []
    if x_label and rows - len(head) >= 6:
        label = shorten(x_label, columns)
        foot = [[Span(" " * (columns - width(label))), Span(label, "muted")]]
    room = max(1, rows - len(head) - len(foot))
    if view.kind == "bar":
        from dltutor.drawing.bars import bars

        return head + bars(view, columns, room, depth) + foot
    return head + _plot(view, columns, room, depth) + foot


def _head(view: Chart, columns: int, depth: int) -> list[Line]:
    """The title, the name of the vertical axis and the legend, on as few lines as they need."""
    lines: list[Line] = []
    title, y_label = name(view.title), name(view.y_label)
    legend: list[list[Span]] = []
    if len(view.series) > 1:
        for index, series in enumerate(view.series):
            legend.append(
                [
                    Span(mark(view, index, depth) + " ", series_ink(index)),
                    Span(shorten(name(series.label), columns - 2)),
                ]
            )
    used = sum(width(s.text) for item in legend for s in item) + 3 * max(0, len(legend) - 1)
    if title:
        title = shorten(title, columns)
        line: Line = [Span(title, "title")]
        if legend and width(title) + 3 + used <= columns:
            line += [Span(" " * (columns - width(title) - used)), *_joined(legend)]
            legend = []
        lines.append(line)
    rest: list[list[Span]] = [[Span(shorten(y_label, columns), "muted")]] if y_label else []
    row: list[list[Span]] = []
    for item in [*rest, *legend]:
        if row and sum(width(s.text) for i in [*row, item] for s in i) + 3 * len(row) > columns:
            lines.append(_joined(row))
            row = []
        row.append(item)
    if row:
        lines.append(_joined(row))
    return lines


def _joined(items: Sequence[list[Span]]) -> Line:
    line: Line = []
    for item in items:
        line += ([Span("   ")] if line else []) + item
    return line


def mark(view: Chart, index: int, depth: int) -> str:
    """What a series is recognised by in the legend."""
    if view.kind == "bar":
        return "█▓▒░▚▞"[index % 6] if not depth else "■"
    plain = MARKS[index % len(MARKS)]
    if depth or plain == "braille":
        return "━" if view.kind == "line" else "•"
    return plain


def _points(series: Series, log_y: bool) -> Points:
    xs = series.x if len(series.x) == len(series.y) else range(len(series.y))
    pairs = ((float(x), float(y)) for x, y in zip(xs, series.y, strict=True))
    good = [(x, y) for x, y in pairs if x - x == 0 and y - y == 0 and (y > 0 or not log_y)]
    return [(x, math.log10(y)) for x, y in good] if log_y else good


def _plot(view: Chart, columns: int, rows: int, depth: int) -> list[Line]:
    """The axes with their marks, and the lines or points between them."""
    sets = [_points(s, view.log_y) for s in view.series]
    if not any(sets):
        return [[Span(shorten(t("no values yet"), columns), "muted")]]
    limits: Sequence[float] | None = view.y_limits
    if view.log_y:
        limits = [math.log10(v) for v in limits] if limits and min(limits) > 0 else None
    y_low, y_high = span([y for points in sets for _, y in points], limits)
    x_low, x_high = span([x for points in sets for x, _ in points], view.x_limits)
    count = max(2, rows // 3)
    if view.log_y:
        marks = log_ticks(y_low, y_high, count)
    else:
        places = ticks(y_low, y_high, count)
        marks = list(zip(places, labels(places), strict=True))
    inside = max(4, columns - max((len(text) for _, text in marks), default=0) - 1)
    whole = all(x == int(x) for points in sets for x, _ in points)
    x_places = ticks(x_low, x_high, max(2, inside // 12), whole=whole)
    high = max(1, rows - 1 - bool(x_places))
    frame = (x_low, x_high, y_low, y_high)
    signs = [
        _cells(
            points,
            frame,
            (inside, high),
            line=view.kind == "line",
            plain=_plain(series, index, depth),
        )
        for index, (series, points) in enumerate(zip(view.series, sets, strict=True))
    ]
    with _LOCK:
        import plotext as plt

        plt.clear_figure()
        plt.limit_size(False, False)
        plt.plot_size(columns, rows)
        plt.canvas_color("default")
        plt.axes_color("default")
        plt.ticks_color("default")
        plt.xaxes(True, False)
        plt.yaxes(True, False)
        plt.xlim(x_low, x_high)
        plt.ylim(y_low, y_high)
        plt.xticks(x_places, labels(x_places))
        plt.yticks([p for p, _ in marks], [text for _, text in marks])
        for index, cells in enumerate(signs):
            if cells:
                plt.scatter(
                    [x_low + (x_high - x_low) * column / (inside - 1) for column, _ in cells],
                    [y_low + (y_high - y_low) * row / max(1, high - 1) for _, row in cells],
                    marker=list(cells.values()),
                    color=_BASE + index,
                )
        text: str = plt.build()
    lines = [_read(line) for line in text.rstrip("\n").split("\n")][:rows]
    if view.kind == "scatter" and any(series.names for series in view.series):
        from dltutor.drawing.beside import with_names

        left = columns - inside
        names = [
            (left + x, high - 1 - y, shorten(said, max(2, inside // 3)))
            for (x, y), said in _named(view, frame, (inside, high))
        ]
        return with_names(lines, names, left, columns)
    return lines


def _plain(series: Series, index: int, depth: int) -> str:
    """The sign of a series' points where they are no Braille dots: without colour, or with names."""
    sign = "" if depth else MARKS[index % len(MARKS)]
    return "•" if series.names and sign in ("", "braille") else sign


def _named(
    view: Chart, frame: Frame, size: tuple[int, int]
) -> Iterator[tuple[tuple[int, int], str]]:
    """The cells of the points that have names, and these."""
    for series in view.series:
        xs = series.x or range(len(series.y))
        for x, y, said in zip(xs, series.y, series.names, strict=False):
            for point in _inside(_points(Series("", [y], [x]), view.log_y), frame):
                yield _place(point, frame, size), name(said)


def _inside(points: Points, frame: Frame) -> Points:
    left, right, low, top = frame
    return [(x, y) for x, y in points if left <= x <= right and low <= y <= top]


def _place(point: tuple[float, float], frame: Frame, size: tuple[int, int]) -> tuple[int, int]:
    """In which of so many columns and rows, counted from the left and from below, a point is."""
    (x, y), (left, right, low, top) = point, frame
    return (
        int((x - left) / (right - left) * (size[0] - 1) + 0.5),
        int((min(max(y, low), top) - low) / (top - low) * (size[1] - 1) + 0.5),
    )


def _cells(
    points: Points, frame: Frame, size: tuple[int, int], *, line: bool, plain: str
) -> dict[tuple[int, int], str]:
    """The signs that draw points, or the line through them, by column and row from below.

    A cell holds two by four dots of Braille, or the sign ``plain``. A line that leaves the frame
    above or below runs along its edge.
    """
    inner = [p for p in points if frame[0] <= p[0] <= frame[1]] if line else _inside(points, frame)
    if len(inner) == 1 and plain in ("", "braille"):
        plain = "•"
    braille = plain in ("", "braille")
    wide, tall = (size[0] * 2, size[1] * 4) if braille else size
    places = [_place(point, frame, (wide, tall)) for point in inner]
    dots = [0] * wide  # the dots of a column are the bits of a number
    for x, y in places:
        dots[x] |= 1 << y
    if line:
        for start, end in pairwise(places):
            _draw(dots, *min(start, end), *max(start, end))
    if not braille:
        return {
            (x, y): plain
            for x, bits in enumerate(dots)
            for y in range(bits.bit_length())
            if bits >> y & 1
        }
    cells = {}
    for column in range(size[0]):
        one, two = dots[2 * column], dots[2 * column + 1]
        both = one | two
        lowest = (both & -both).bit_length() - 1
        for row in range(max(0, lowest) // 4, (both.bit_length() + 3) // 4):
            sign = one >> 4 * row & 15 | (two >> 4 * row & 15) << 4
            if sign:
                cells[column, row] = _BRAILLE[sign]
    return cells


def _draw(dots: list[int], x0: int, y0: int, x1: int, y1: int) -> None:
    """A straight line into the columns, one dot a row or a column, whichever are more."""
    slope = (y1 - y0) / max(1, x1 - x0)
    y = y0
    for x in range(x0, x1):
        end = int(y0 + slope * (x - x0 + 0.5) + 0.5)
        low, high = (y, max(y, end - 1)) if end >= y else (end + 1, y)
        dots[x] |= ((2 << high - low) - 1) << low
        y = end
    low, high = min(y, y1), max(y, y1)
    dots[x1] |= ((2 << high - low) - 1) << low


def _read(line: str) -> Line:
    """A line of plotext's with its colour codes turned into the names of series."""
    spans: Line = []
    at = 0
    for found in _COLOURED.finditer(line):
        if found.start() > at:
            spans.append(Span(line[at : found.start()], "muted"))
        if found[1]:
            spans.append(Span(found[2], series_ink(int(found[1]) - _BASE)))
        at = found.end()
    if at < len(line):
        spans.append(Span(line[at:], "muted"))
    return spans
