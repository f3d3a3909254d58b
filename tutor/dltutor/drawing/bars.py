"""Bars: lying, with a name and a number each, or standing where there are many."""

from __future__ import annotations

import math

from dltutor.drawing.charts import mark, name
from dltutor.drawing.inks import Line, Span, series_ink
from dltutor.drawing.numbers import figure, figures, finite, labels, span, ticks
from dltutor.i18n import t
from dltutor.text import pad, shorten, width
from dltutor.views import Chart

_EIGHTHS = " ▏▎▍▌▋▊▉"
_LEVELS = " ▁▂▃▄▅▆▇"


def bars(view: Chart, columns: int, rows: int, depth: int) -> list[Line]:
    count = max((len(s.y) for s in view.series), default=0)
    if not count:
        return [[Span(shorten(t("no values yet"), columns), "muted")]]
    lines = count * len(view.series)
    numeric = not view.categories
    if lines <= rows and not (numeric and count > 12):
        return _lying(view, count, columns, depth)
    if count * len(view.series) <= columns - 10 or numeric:
        return _standing(view, count, columns, rows, depth)
    fits = max(1, (rows - 1) // len(view.series))
    more = t("… and {count} more", count=count - fits)
    return [*_lying(view, fits, columns, depth), [Span(shorten(more, columns), "muted")]]


def _value(view: Chart, series: int, index: int) -> float:
    ys = view.series[series].y
    value = float(ys[index]) if index < len(ys) else math.nan
    if view.log_y and value == value:
        value = math.log10(value) if value > 0 else math.nan
    return value


def _range(view: Chart, count: int) -> tuple[float, float]:
    values = finite(_value(view, s, i) for s in range(len(view.series)) for i in range(count))
    if view.y_limits and not view.log_y:
        return span(values, view.y_limits)
    if view.log_y:
        low, high = span(values)
        return math.floor(low - 1e-9), high
    return span([0.0, *values])


def names(view: Chart, count: int) -> list[str]:
    """What stands beside or below each bar: its category, or its place on the axis."""
    found = [name(c) for c in view.categories[:count]]
    xs = view.series[0].x if view.series else ()
    for index in range(len(found), count):
        found.append(figure(xs[index]) if index < len(xs) else str(index))
    return found


def _lying(view: Chart, count: int, columns: int, depth: int) -> list[Line]:
    called = names(view, count)
    left = min(max(map(width, called)), max(4, columns // 3))
    low, high = _range(view, count)
    values = [
        [float(s.y[i]) if i < len(s.y) else math.nan for s in view.series] for i in range(count)
    ]
    shown = figures((v for row in values for v in row), short=True)
    right = max(map(len, shown))
    inside = columns - left - right - 3
    if inside < 2:  # no room for the figures
        shown, right = [""] * len(shown), 0
        left = min(left, columns - 5)
        inside = columns - left - 3
    zero = min(max(0.0, low), high) if not view.log_y else low
    base = round((zero - low) / (high - low) * inside)
    lines: list[Line] = []
    for index in range(count):
        for series in range(len(view.series)):
            value = _value(view, series, index)
            head = called[index] if series == 0 else ""
            before, bar = 0, ""
            if value == value:
                at = (min(max(value, low), high) - low) / (high - low) * inside
                if value >= zero:
                    before, bar = (
                        base,
                        _run(max(0.0, at - base), mark(view, series, 0) if not depth else "█"),
                    )
                else:
                    before = round(at)
                    bar = (mark(view, series, 0) if not depth else "█") * (base - before)
            text = shown[index * len(view.series) + series]
            lines.append(
                [
                    Span(pad(shorten(head, left), left, "right") + " "),
                    Span("│", "muted"),
                    Span(" " * before),
                    Span(bar, series_ink(series)),
                    Span(" " * (inside - before - len(bar)) + " " + text.rjust(right)),
                ]
            )
    return lines


def _run(length: float, block: str) -> str:
    """A bar as long as ``length`` columns, to an eighth of one where the block is a full one."""
    whole = int(length)
    if block != "█":
        return block * round(length)
    part = _EIGHTHS[int((length - whole) * 8)]
    return "█" * whole + (part if part != " " else "")


def _standing(view: Chart, count: int, columns: int, rows: int, depth: int) -> list[Line]:
    low, high = _range(view, count)
    tall = max(1, rows - 2)
    places = ticks(low, high, max(2, tall // 3))
    texts = [figure(10**p, 2) for p in places] if view.log_y else labels(places)
    gutter = max(map(len, texts)) + 1
    inside = max(4, columns - gutter)
    several = len(view.series)
    groups = min(count, max(1, inside // several))
    thick = max(
        1, (inside // groups - (1 if several > 1 and inside // groups > several else 0)) // several
    )
    if several == 1 and thick > 2 and view.categories:
        thick -= 1
    pitch = min(
        inside // groups, thick * several + (1 if inside // groups > thick * several else 0)
    )
    if not view.categories and several == 1:
        pitch = thick = max(1, inside // groups)
    at_row = {
        tall - 1 - min(tall - 1, int((p - low) / (high - low) * tall)): text
        for p, text in zip(places, texts, strict=True)
    }
    zero = 0.0 if low < 0 < high and not view.log_y else low
    cells: list[list[tuple[str, str]]] = [[(" ", "")] * (pitch * groups) for _ in range(tall)]
    for group in range(groups):
        first, last = (
            group * count // groups,
            max((group + 1) * count // groups, group * count // groups + 1),
        )
        for series in range(several):
            values = finite(_value(view, series, i) for i in range(first, min(last, count)))
            if not values:
                continue
            value = min(max(sum(values) / len(values), low), high)
            bottom, top = sorted(
                ((zero - low) / (high - low) * tall, (value - low) / (high - low) * tall)
            )
            full = "█" if depth else mark(view, series, 0)
            for row in range(tall):
                level = tall - 1 - row
                share = min(1.0, top - level) if bottom <= level + 1 else 0.0
                if share <= 0 or level + 1 <= math.floor(bottom):
                    continue
                sign = (
                    full
                    if share >= 0.95
                    else (_LEVELS[round(share * 8) % 8 or 1] if share > 0.06 else " ")
                )
                for column in range(thick):
                    cells[row][group * pitch + series * thick + column] = (sign, series_ink(series))
    lines: list[Line] = []
    for row in range(tall):
        text = at_row.get(row, "")
        line: Line = [Span(text.rjust(gutter - 1) + ("┤" if text else "│"), "muted")]
        run = ""
        ink = ""
        for sign, colour in cells[row]:
            if colour != ink:
                line.append(Span(run, ink))
                run, ink = "", colour
            run += sign
        line.append(Span(run.rstrip() if not ink else run, ink))
        lines.append([s for s in line if s.text])
    lines.append([Span(" " * (gutter - 1) + "└" + "─" * (pitch * groups), "muted")])
    lines.append([Span(" " * gutter + _below(names(view, count), groups, pitch), "muted")])
    return lines[:rows]


def _below(called: list[str], groups: int, pitch: int) -> str:
    """The names under standing bars: all where there is room, else every second, third ..."""
    room = groups * pitch
    for every in range(1, groups + 1):
        if max(map(width, called)) + 1 <= every * pitch or every == groups:
            break
    line = ""
    for group in range(0, groups, every):
        text = called[group * len(called) // groups]
        at = group * pitch
        if at + width(text) > room:
            break
        line += " " * (at - width(line)) + text
    return line
