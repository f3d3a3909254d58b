"""A view in words and numbers, line by line, for plain mode and screen readers."""

from __future__ import annotations

from dltutor.drawing.numbers import figure, finite
from dltutor.i18n import local, t
from dltutor.text import clean
from dltutor.views import Chart, Heatmap, Picture, Table, View

POINTS = 5
LARGEST = 5


def describe(view: View) -> str:
    """What the view shows, as lines that make sense when read aloud one after another."""
    if isinstance(view, Chart):
        return "\n".join(_chart(view))
    if isinstance(view, Picture):
        return "\n".join(_picture(view))
    if isinstance(view, Heatmap):
        return "\n".join(_heatmap(view))
    if isinstance(view, Table):
        return "\n".join(_table(view))
    return clean(local(view.text))


def _name(text: object) -> str:
    from dltutor.drawing.charts import name

    return name(text)


def _chart(view: Chart) -> list[str]:
    kinds = {"line": t("Line chart"), "scatter": t("Scatter chart"), "bar": t("Bar chart")}
    lines = [kinds[view.kind] + (f": {_name(view.title)}" if view.title else "")]
    axes = []
    if view.x_label:
        axes.append(t("across: {label}", label=_name(view.x_label)))
    if view.y_label:
        axes.append(t("up: {label}", label=_name(view.y_label)))
    if view.log_y:
        axes.append(t("logarithmic scale"))
    if axes:
        lines.append("; ".join(axes))
    for series in view.series:
        label = _name(series.label)
        prefix = f"{label}: " if label else ""
        xs = (
            list(series.x)
            if len(series.x) == len(series.y)
            else [float(i) for i in range(len(series.y))]
        )
        pairs = [
            (float(x), float(y))
            for x, y in zip(xs, series.y, strict=True)
            if float(y) - float(y) == 0
        ]
        if not pairs:
            lines.append(prefix + t("no values yet"))
            continue
        if view.kind == "bar":
            from dltutor.drawing.bars import names

            called = names(view, len(series.y))
            lines.append(
                prefix
                + ", ".join(f"{c} {figure(y)}" for c, y in zip(called, series.y, strict=True))
            )
            continue
        if view.kind == "scatter" and series.names:
            lines.append(
                prefix
                + "  ".join(
                    f"{_name(n)} ({figure(float(x), 3)}, {figure(float(y), 3)})"
                    for n, x, y in zip(series.names, xs, series.y, strict=False)
                )
            )
            continue
        ys = [y for _, y in pairs]
        lines.append(
            prefix
            + t(
                "{count} points, first {first}, last {last}, lowest {low}, highest {high}",
                count=len(pairs),
                first=figure(ys[0]),
                last=figure(ys[-1]),
                low=figure(min(ys)),
                high=figure(max(ys)),
            )
        )
        if len(pairs) > 2:
            chosen = sorted({round(n * (len(pairs) - 1) / (POINTS - 1)) for n in range(POINTS)})
            lines.append(
                "  "
                + ", ".join(
                    t("{y} at {x}", y=figure(pairs[i][1]), x=figure(pairs[i][0])) for i in chosen
                )
            )
    return lines


def _picture(view: Picture) -> list[str]:
    from dltutor.drawing.pictures import SHADES, resized

    kind = t("Grey picture") if view.channels == 1 else t("Colour picture")
    lines = [
        t("{kind}, {width} by {height} pixels", kind=kind, width=view.width, height=view.height)
        + (f": {_name(view.caption)}" if view.caption else "")
    ]
    wide = min(16, view.width)
    high = max(1, min(8, round(wide * view.height / view.width / 2)))
    last = len(SHADES) - 1
    lines.append(t("brightness from dark (space) to bright (@):"))
    for row in resized(view, wide, high):
        lines.append(
            "  "
            + "".join(
                SHADES[round(last * (299 * r + 587 * g + 114 * b) / 255_000)] for r, g, b in row
            ).rstrip()
        )
    return lines


def _heatmap(view: Heatmap) -> list[str]:
    count = max((len(row) for row in view.values), default=0)
    lines = [
        t("Matrix of {rows} rows and {columns} columns", rows=len(view.values), columns=count)
        + (f": {_name(view.title)}" if view.title else "")
    ]
    axes = []
    if view.y_label:
        axes.append(t("rows: {label}", label=_name(view.y_label)))
    if view.x_label:
        axes.append(t("columns: {label}", label=_name(view.x_label)))
    if axes:
        lines.append("; ".join(axes))
    values = finite(v for row in view.values for v in row)
    if not values:
        return [*lines, t("no values yet")]
    lines.append(
        t("from {low} to {high}; the largest:", low=figure(min(values)), high=figure(max(values)))
    )
    cells = sorted(
        (
            (float(v), r, c)
            for r, row in enumerate(view.values)
            for c, v in enumerate(row)
            if float(v) - float(v) == 0
        ),
        key=lambda cell: (-cell[0], cell[1], cell[2]),
    )
    for value, r, c in cells[:LARGEST]:
        row = _name(view.rows[r]) if r < len(view.rows) else str(r)
        column = _name(view.columns[c]) if c < len(view.columns) else str(c)
        lines.append(
            "  "
            + t("row {row}, column {column}: {value}", row=row, column=column, value=figure(value))
        )
    return lines


def _table(view: Table) -> list[str]:
    from dltutor.drawing.tables import cell

    lines = [_name(view.title)] if view.title else []
    heads = [_name(c) for c in view.columns]
    for row in view.rows:
        parts = []
        for index, value in enumerate(row):
            head = heads[index] if index < len(heads) else ""
            parts.append(f"{head} {cell(value)}".strip())
        lines.append("; ".join(parts))
    return lines
