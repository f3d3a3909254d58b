"""Pictures and matrices as coloured half blocks, or as shades and numbers without colour."""

from __future__ import annotations

from collections.abc import Sequence

from dltutor.drawing import terminal
from dltutor.drawing.charts import name
from dltutor.drawing.inks import RGB, Line, Span
from dltutor.drawing.numbers import figure, finite, span
from dltutor.i18n import t
from dltutor.text import pad, shorten, width
from dltutor.views import Heatmap, Picture

SHADES = " .:-=+*#%@"
BLOCKS = " ░▒▓█"
# viridis, sampled: even steps of lightness (van der Walt and Smith 2015, CC0)
_EVEN: tuple[RGB, ...] = (
    (68, 1, 84),
    (72, 40, 120),
    (62, 74, 137),
    (49, 104, 142),
    (38, 130, 142),
    (31, 158, 137),
    (53, 183, 121),
    (109, 205, 89),
    (180, 222, 44),
    (253, 231, 37),
)
# below and above zero: blue, white, red
_APART: tuple[RGB, ...] = (
    (33, 102, 172),
    (146, 197, 222),
    (247, 247, 247),
    (244, 165, 130),
    (178, 24, 43),
)


def picture(view: Picture, columns: int, rows: int, depth: int) -> list[Line]:
    caption = name(view.caption)
    room = max(1, rows - (1 if caption and rows > 2 else 0))
    if terminal.graphics is not None and depth > 0:
        lines = terminal.graphics.lines(view, columns, room)
    else:
        lines = _halves(view, columns, room) if depth > 4 else _shades(view, columns, room)
    if caption and rows > 2:
        lines.append([Span(shorten(caption, columns), "muted")])
    return lines


def _fit(view: Picture, columns: int, rows: int) -> tuple[int, int]:
    """Width and height in square pixels: enlarged by a whole factor, or made smaller to fit."""
    scale = min(columns / view.width, rows / view.height)
    if scale >= 1:
        scale = int(scale)
    return max(1, min(columns, round(view.width * scale))), max(
        1, min(rows, round(view.height * scale))
    )


def _halves(view: Picture, columns: int, rows: int) -> list[Line]:
    wide, high = _fit(view, columns, 2 * rows)
    pixels = resized(view, wide, high)
    lines: list[Line] = []
    for row in range(0, high, 2):
        line: Line = []
        run = 0
        pair: tuple[RGB, RGB | None] | None = None
        for column in range(wide):
            now = (pixels[row][column], pixels[row + 1][column] if row + 1 < high else None)
            if now != pair:
                if pair is not None:
                    line.append(_half(pair, run))
                pair, run = now, 0
            run += 1
        if pair is not None:
            line.append(_half(pair, run))
        lines.append(line)
    return lines


def _half(pair: tuple[RGB, RGB | None], run: int) -> Span:
    upper, lower = pair
    return Span(" " * run, "", upper) if upper == lower else Span("▀" * run, upper, lower)


def _shades(view: Picture, columns: int, rows: int) -> list[Line]:
    wide, high = _fit(view, columns, 2 * rows)
    # two rows of pixels a line: a character is twice as high as wide
    pixels = resized(view, wide, max(1, high // 2))
    last = len(SHADES) - 1
    return [
        [
            Span(
                "".join(
                    SHADES[round(last * (299 * r + 587 * g + 114 * b) / 255_000)]
                    for r, g, b in line
                )
            )
        ]
        for line in pixels
    ]


def resized(view: Picture, wide: int, high: int) -> list[list[RGB]]:
    """The picture at another size: each pixel the average of the box that it covers."""
    channels, across = view.channels, view.width * view.channels
    lines: list[list[RGB]] = []
    for row in range(high):
        top = row * view.height // high
        bottom = max(top + 1, (row + 1) * view.height // high)
        strips = [view.pixels[y * across : (y + 1) * across] for y in range(top, bottom)]
        line: list[RGB] = []
        for column in range(wide):
            left = column * view.width // wide
            right = max(left + 1, (column + 1) * view.width // wide)
            count = (right - left) * len(strips)
            parts = [
                sum(
                    sum(strip[left * channels + c : right * channels : channels])
                    for strip in strips
                )
                // count
                for c in range(channels)
            ]
            line.append(
                (parts[0], parts[0], parts[0]) if channels == 1 else (parts[0], parts[1], parts[2])
            )
        lines.append(line)
    return lines


def shade(share: float, stops: Sequence[RGB]) -> RGB:
    """The colour at ``share`` (0 to 1) of the way along ``stops``."""
    place = min(max(share, 0.0), 1.0) * (len(stops) - 1)
    first = min(int(place), len(stops) - 2)
    part = place - first
    low, high = stops[first], stops[first + 1]
    return (
        round(low[0] + (high[0] - low[0]) * part),
        round(low[1] + (high[1] - low[1]) * part),
        round(low[2] + (high[2] - low[2]) * part),
    )


def _scale(view: Heatmap) -> tuple[float, float, Sequence[RGB]]:
    values = finite(v for row in view.values for v in row)
    low, high = span(values, view.limits)
    if low < 0 < high:
        reach = max(-low, high)
        return -reach, reach, _APART
    return low, high, _EVEN


def heatmap(view: Heatmap, columns: int, rows: int, depth: int) -> list[Line]:
    count = max((len(row) for row in view.values), default=0)
    head: list[Line] = [[Span(shorten(name(view.title), columns), "title")]] if view.title else []
    axes = "   ".join(
        p
        for p in (
            f"↓ {name(view.y_label)}" if view.y_label else "",
            f"→ {name(view.x_label)}" if view.x_label else "",
        )
        if p
    )
    if axes:
        head.append([Span(shorten(axes, columns), "muted")])
    if not count:
        return [*head, [Span(shorten(t("no values yet"), columns), "muted")]]
    low, high, stops = _scale(view)
    row_names = _named(view.rows, len(view.values))
    column_names = _named(view.columns, count)
    left = min(max(map(width, row_names)), columns // 4)
    left += 1 if left else 0
    named = any(column_names)
    high_enough = len(view.values) + len(head) + named <= rows
    numbers = [[_cell(v) for v in row] for row in view.values]
    needed = max(max(len(n) for row in numbers for n in row), max(map(width, column_names))) + 1
    fits = [w for w in (needed, 4, 3, 2, 1) if left + w * count <= columns]
    if not high_enough or not fits:
        return head + _dense(view, columns, rows - len(head), depth, low, high, stops)
    cell = min(max(fits[0], 2), 9) if fits[0] == needed else fits[0]
    with_numbers = cell >= max(len(n) for row in numbers for n in row) + 1
    lines = head
    if named:
        lines.append(
            [
                Span(" " * left),
                Span(
                    "".join(
                        pad(shorten(c, cell - 1) if cell > 1 else "", cell, "right")
                        for c in column_names
                    ),
                    "muted",
                ),
            ]
        )
    for label, row, texts in zip(row_names, view.values, numbers, strict=True):
        line = (
            [Span(pad(shorten(label, left - 1), left - 1, "right") + " ", "muted")] if left else []
        )
        for value, text in zip(row, texts, strict=True):
            share = (float(value) - low) / (high - low) if float(value) == float(value) else 0.0
            if depth > 4:
                paper = shade(share, stops)
                bright = 299 * paper[0] + 587 * paper[1] + 114 * paper[2] > 140_000
                line.append(
                    Span(
                        (text if with_numbers else "").rjust(cell),
                        (0, 0, 0) if bright else (255, 255, 255),
                        paper,
                    )
                )
            elif with_numbers:
                line.append(Span(text.rjust(cell)))
            else:
                line.append(Span(BLOCKS[min(4, int(min(max(share, 0), 1) * 5))] * cell))
        lines.append(line)
    if not with_numbers and len(lines) < rows:
        lines.append(_key(low, high, stops, depth, columns))
    return lines


def _named(texts: Sequence[str], count: int) -> list[str]:
    """Exactly ``count`` names, empty ones where there are too few."""
    return [name(text) for text in texts[:count]] + [""] * (count - len(texts))


def _cell(value: float) -> str:
    if value - value != 0:
        return figure(value)
    if value == int(value) and abs(value) < 100_000:
        return str(int(value))
    text = f"{value:.2f}"
    return (
        text.replace("0.", ".", 1)
        if text.startswith(("0.", "-0."))
        else figure(value, 3)
        if len(text) > 7
        else text
    )


def _key(low: float, high: float, stops: Sequence[RGB], depth: int, columns: int) -> Line:
    """What the shades mean, from the lowest to the highest value."""
    first, last = figure(low, 3) + " ", " " + figure(high, 3)
    wide = min(16, columns - len(first) - len(last))
    if wide < 2:
        return [Span(shorten(f"{first}…{last}", columns), "muted")]
    shares = [n / (wide - 1) for n in range(wide)]
    if depth > 4:
        bar = [Span(" ", "", shade(share, stops)) for share in shares]
    else:
        bar = [Span("".join(BLOCKS[min(4, int(share * 5))] for share in shares))]
    return [Span(first, "muted"), *bar, Span(last, "muted")]


def _dense(
    view: Heatmap,
    columns: int,
    rows: int,
    depth: int,
    low: float,
    high: float,
    stops: Sequence[RGB],
) -> list[Line]:
    """A matrix too large for cells of its own, as a picture."""
    wide = max(len(row) for row in view.values)
    data = bytearray()
    for row in view.values:
        for index in range(wide):
            value = float(row[index]) if index < len(row) else float("nan")
            share = (value - low) / (high - low) if value == value else 0.0
            if depth > 4:
                data += bytes(shade(share, stops))
            else:
                data.append(round(255 * min(max(share, 0.0), 1.0)))
    pixels = Picture(width=wide, height=len(view.values), pixels=bytes(data))
    return [
        *picture(pixels, columns, max(1, rows - 1), depth),
        _key(low, high, stops, depth, columns),
    ]
