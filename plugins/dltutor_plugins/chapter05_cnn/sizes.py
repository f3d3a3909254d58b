"""The calculator: a stack of layers as text, its sizes and receptive fields as a table."""

from __future__ import annotations

from typing import Annotated

from dltutor.chapter import Param
from dltutor.views import Chart, Note, Series, Table, View
from dltutor_plugins.chapter05_cnn.stack import Row, follow, parse


def show(
    layers: Annotated[
        str,
        Param(
            "kernel, then s stride p padding d dilation x times; pool N",
            zh="卷积核大小，然后 s 步幅 p 填充 d 膨胀 x 次数；pool N",
        ),
    ] = "7, 5, 3",
    size: Annotated[
        int,
        Param(
            "pixels in a row of the input",
            zh="输入一行的像素数",
            low=1,
            high=1024,
            step=4,
            unit="px",
        ),
    ] = 28,
) -> list[View]:
    """A table with a line a layer, both curves, and what the last cell sees."""
    rows = follow(size, parse(layers))
    table = Table(
        columns=(
            {"en": "layer", "zh": "层"},
            {"en": "kernel", "zh": "核"},
            {"en": "spans", "zh": "跨度"},
            {"en": "stride", "zh": "步幅"},
            {"en": "padding", "zh": "填充"},
            {"en": "output", "zh": "输出"},
            {"en": "jump", "zh": "间距"},
            {"en": "field", "zh": "感受野"},
        ),
        rows=[line(place, row) for place, row in enumerate(rows, 1)],
        title={
            "en": f"From {size} x {size} pixels",
            "zh": f"从 {size} x {size} 像素开始",
        },
    )
    places = [float(k) for k in range(len(rows) + 1)]
    chart = Chart(
        series=[
            Series(
                {"en": "output size", "zh": "输出尺寸"},
                [float(size), *(float(row.size) for row in rows)],
                places,
            ),
            Series(
                {"en": "receptive field", "zh": "感受野"},
                [1.0, *(float(row.field) for row in rows)],
                places,
            ),
        ],
        x_label={"en": "layers", "zh": "层数"},
        y_label={"en": "cells or pixels", "zh": "格数或像素数"},
    )
    return [table, chart, Note(summary(size, rows))]


def line(place: int, row: Row) -> tuple[str | int, ...]:
    """A layer's line of the table."""
    layer = row.layer
    span = layer.dilation * (layer.kernel - 1) + 1
    name = f"{place} {layer.name}"
    numbers = (layer.kernel, span, layer.stride, layer.padding)
    return (name, *numbers, row.size, row.jump, row.field)


def summary(size: int, rows: list[Row]) -> dict[str, str]:
    """What a cell of the last output can see, and what it can not."""
    last = rows[-1]
    cells, field = (f"{n} x {n}" for n in (last.size, last.field))
    if last.field > size:
        share = {
            "en": f", more than the picture's {size}: some of it is padding",
            "zh": f"，超过图片的 {size}：有一部分落在填充上",
        }
    else:
        percent = 100 * last.field**2 / size**2
        share = {
            "en": f", {percent:.0f} % of the picture",
            "zh": f"，占图片的 {percent:.0f} %",
        }
    return {
        "en": f"{cells} cells come out. Each can see {field} pixels{share['en']}.",
        "zh": f"输出 {cells} 格，每格能看到 {field} 个像素{share['zh']}。",
    }
