"""A line that gradient descent moves through points, step by step."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from dltutor.chapter import Param
from dltutor.views import Chart, Note, Series, Table, View
from dltutor_plugins.chapter04_backprop import line

Array = NDArray[np.float64]


def show(
    lr: Annotated[
        float,
        Param("learning rate", zh="学习率", low=0.001, high=1, log=True),
    ] = 0.1,
    steps: Annotated[
        int, Param("steps taken", zh="步数", low=0, high=500)
    ] = 10,
    bias: Annotated[
        float,
        Param(
            "bias to begin with", zh="初始偏置", low=-3, high=3, step=0.5
        ),
    ] = 0.0,
    slope: Annotated[
        float,
        Param(
            "slope to begin with", zh="初始斜率", low=-3, high=3, step=0.5
        ),
    ] = 0.0,
) -> list[View]:
    """The points with the line so far, the losses, and how far it is."""
    x, y = line.builtin()
    path = walk(np.array([bias, slope]), x, y, lr, steps)
    theta, best = path[-1], line.normal_equation(x, y)
    losses = [line.loss(t, x, y) for t in path]
    points = points_and_line(theta, x, y)
    curve = Chart(
        series=[Series({"en": "loss", "zh": "损失"}, losses)],
        log_y=True,
        x_label={"en": "step", "zh": "步"},
        y_label={"en": "loss", "zh": "损失"},
    )
    table = Table(
        columns=(
            {"en": "bias", "zh": "偏置"},
            {"en": "slope", "zh": "斜率"},
            {"en": "loss", "zh": "损失"},
            {"en": "best bias", "zh": "最佳偏置"},
            {"en": "best slope", "zh": "最佳斜率"},
            {"en": "least loss", "zh": "最小损失"},
        ),
        rows=[
            [
                *(round(float(t), 4) for t in theta),
                round(losses[-1], 5),
                *(round(float(t), 4) for t in best),
                round(line.loss(best, x, y), 5),
            ]
        ],
    )
    return [points, curve, table, Note(verdict(lr, theta, best, x))]


def points_and_line(theta: Array, x: Array, y: Array) -> Chart:
    """Points as they are, the line as a row of points."""
    ends = np.linspace(x.min(), x.max(), 160)
    return Chart(
        kind="scatter",
        series=[
            Series(
                {"en": "points", "zh": "数据点"}, y.tolist(), x.tolist()
            ),
            Series(
                {"en": "line", "zh": "直线"},
                (theta[0] + theta[1] * ends).tolist(),
                ends.tolist(),
            ),
        ],
        x_label="x",
        y_label="y",
        y_limits=(
            float(min(0, y.min())) - 0.1,
            float(max(y)) + 0.1,
        ),
    )


def walk(
    theta: Array, x: Array, y: Array, lr: float, steps: int
) -> list[Array]:
    """All places (2,) from the first to the last; ends early if it flies."""
    path = [theta]
    for _ in range(steps):
        theta = theta - lr * line.gradient(theta, x, y)
        if np.abs(theta).max() > 1e6:
            break
        path.append(theta)
    return path


def verdict(
    lr: float, theta: Array, best: Array, x: Array
) -> dict[str, str]:
    """Whether this learning rate leads anywhere, and how far it has led."""
    largest = line.largest_rate(x)
    far = float(np.linalg.norm(theta - best))
    if lr >= largest:
        return {
            "en": f"{lr:g} is not below 2/λ = {largest:.4f}: it diverges."
            f" Distance from the best line: {far:.3g}.",
            "zh": f"{lr:g} 不小于 2/λ = {largest:.4f}：发散。"
            f"与最佳直线的距离：{far:.3g}。",
        }
    return {
        "en": f"{lr:g} is below 2/λ = {largest:.4f}: it converges."
        f" Distance from the best line: {far:.3g}.",
        "zh": f"{lr:g} 小于 2/λ = {largest:.4f}：收敛。"
        f"与最佳直线的距离：{far:.3g}。",
    }
