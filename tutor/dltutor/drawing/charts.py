"""Charts: lines and points drawn by plotext, bars by hand.

plotext keeps one figure for the whole process, hence the lock, and counts code points where a
terminal counts columns, hence titles, legends and the names of bars are ours.
"""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Sequence

from dltutor.drawing.inks import Line, Span, series_ink
from dltutor.drawing.numbers import labels, log_ticks, span, ticks
from dltutor.i18n import local, t
from dltutor.text import clean, shorten, width
from dltutor.views import Chart, Series

MARKS = ("braille", "+", "x", "o", "*", "#")
_LOCK = threading.Lock()
_BASE = 100
_COLOURED = re.compile(r"\x1b\[38;5;(\d+)m(.*?)\x1b\[0m|\x1b\[[0-9;]*m", re.DOTALL)
Points = tuple[list[float], list[float]]


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
    return [x for x, _ in good], [math.log10(y) if log_y else y for _, y in good]


def thin(xs: list[float], ys: list[float], places: int) -> Points:
    """At most ``places`` points: the lowest and the highest of each stretch, so no peak is lost."""
    if len(xs) <= places:
        return xs, ys
    stretches = max(1, places // 2)
    keep: list[int] = []
    for n in range(stretches):
        first, last = n * len(xs) // stretches, (n + 1) * len(xs) // stretches
        if first < last:
            part = range(first, last)
            keep += sorted({min(part, key=ys.__getitem__), max(part, key=ys.__getitem__)})
    return [xs[i] for i in keep], [ys[i] for i in keep]


def _plot(view: Chart, columns: int, rows: int, depth: int) -> list[Line]:
    """The axes with their marks, and the lines or points between them."""
    sets = [_points(s, view.log_y) for s in view.series]
    if not any(xs for xs, _ in sets):
        return [[Span(shorten(t("no values yet"), columns), "muted")]]
    limits: Sequence[float] | None = view.y_limits
    if view.log_y:
        limits = [math.log10(v) for v in limits] if limits and min(limits) > 0 else None
    y_low, y_high = span([y for _, ys in sets for y in ys], limits)
    x_low, x_high = span([x for xs, _ in sets for x in xs], view.x_limits)
    count = max(2, rows // 3)
    if view.log_y:
        marks = log_ticks(y_low, y_high, count)
    else:
        places = ticks(y_low, y_high, count)
        marks = list(zip(places, labels(places), strict=True))
    inside = max(4, columns - max((len(text) for _, text in marks), default=0) - 1)
    whole = all(x == int(x) for xs, _ in sets for x in xs)
    x_places = ticks(x_low, x_high, max(2, inside // 12), whole=whole)
    frame = (x_low, x_high, y_low, y_high)
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
        for index, points in enumerate(sets):
            xs, ys = _visible(view.kind == "line", points, frame, 2 * inside, 4 * rows)
            if not xs:
                continue
            sign = "braille" if depth else MARKS[index % len(MARKS)]
            if len(xs) == 1 and sign == "braille":
                sign = "•"
            put = plt.plot if view.kind == "line" and len(xs) > 1 else plt.scatter
            put(xs, ys, marker=sign, color=_BASE + index)
        text: str = plt.build()
        plt.clear_figure()
    return [_read(line) for line in text.rstrip("\n").split("\n")][:rows]


def _visible(
    line: bool, points: Points, frame: tuple[float, float, float, float], wide: int, high: int
) -> Points:
    """The points inside the frame, no more of them than there are places to see them."""
    left, right, low, high_y = frame
    inner = [(x, y) for x, y in zip(*points, strict=True) if left <= x <= right]
    if line:
        return thin([x for x, _ in inner], [min(max(y, low), high_y) for _, y in inner], wide)
    places = {
        (int((x - left) / (right - left) * wide), int((y - low) / (high_y - low) * high)): (x, y)
        for x, y in inner
        if low <= y <= high_y
    }
    return [x for x, _ in places.values()], [y for _, y in places.values()]


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
