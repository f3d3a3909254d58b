"""Something to touch: a function from parameters to what is drawn."""

from __future__ import annotations

from typing import Annotated

from dltutor.chapter import Param
from dltutor.views import Chart, Note, Series, View

# five points on the line y = 2x + 1
POINTS = [(-1.0, -1.0), (-0.5, 0.0), (0.0, 1.0), (0.5, 2.0), (1.0, 3.0)]


def descent(
    lr: Annotated[float, Param("learning rate", zh="学习率", low=0.01, high=1.5, step=0.05)] = 0.1,
    steps: Annotated[int, Param("steps", zh="步数", low=1, high=100, step=5)] = 30,
) -> list[View]:
    """Gradient descent on five points, begun at w = b = 0."""
    w = b = 0.0
    losses = []
    for _ in range(steps):
        errors = [w * x + b - y for x, y in POINTS]
        losses.append(sum(e * e for e in errors) / len(POINTS))
        w -= lr * 2 * sum(e * x for e, (x, _) in zip(errors, POINTS, strict=True)) / len(POINTS)
        b -= lr * 2 * sum(errors) / len(POINTS)
    chart = Chart(
        series=[Series({"en": "loss", "zh": "损失"}, losses)],
        title={"en": f"learning rate {lr:g}", "zh": f"学习率 {lr:g}"},
        x_label={"en": "step", "zh": "步"},
        y_label={"en": "mean squared error", "zh": "均方误差"},
    )
    return [chart, Note(f"w = {w:.3g}   b = {b:.3g}")]
