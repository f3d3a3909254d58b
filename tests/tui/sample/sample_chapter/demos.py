"""Demos of the sample chapter."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

from dltutor.chapter import Param
from dltutor.views import Chart, Note, Series, View


# a wave is a circle seen from the side
def wave(
    context: Any,
    frequency: Annotated[
        float, Param("waves on the axis", zh="轴上的波数", low=0.5, high=20, step=0.5)
    ] = 2.0,
    points: Annotated[int, Param("points drawn", zh="点数", low=2, high=500)] = 80,
    shape: Annotated[Literal["sine", "square"], Param("form of the wave", zh="波形")] = "sine",
    filled: Annotated[bool, Param("as bars", zh="画成条形")] = False,
    name: Annotated[str, Param("the title", zh="标题")] = "",
) -> list[View]:
    """One period after another."""
    xs = [i / points for i in range(points)]
    ys = [math.sin(2 * math.pi * frequency * x) for x in xs]
    if shape == "square":
        ys = [1.0 if y >= 0 else -1.0 for y in ys]
    title: Any = name or {"en": "The wave", "zh": "波形"}
    chart = Chart(
        series=[Series("y", ys, xs)], kind="bar" if filled else "line", title=title, x_label="t"
    )
    return [chart, Note({"en": f"frequency {frequency:g}", "zh": f"频率 {frequency:g}"})]


def fault(
    context: Any, depth: Annotated[int, Param("how deep", zh="深度", low=0, high=9)] = 1
) -> list[View]:
    raise ValueError(f"no demo at depth {depth}")
