"""Four surfaces to walk down on, with the optimiser and its step to choose."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Annotated, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dltutor.chapter import Param
from dltutor.views import Chart, Note, Series, View
from dltutor_plugins.chapter04_backprop.optimisers import (
    BY_HAND,
    line_search,
)

Array = NDArray[np.float64]


class Surface(NamedTuple):
    """A function of two numbers, its gradient, and what to look at."""

    f: Callable[[Array], Array]
    """(2, ...) to (...)"""
    gradient: Callable[[Array], Array]
    """(2,) to (2,)"""
    minima: tuple[tuple[float, float], ...]
    window: tuple[float, float, float, float]
    """left, right, low, high"""
    curvature: float = 0.0
    """the largest eigenvalue of the Hessian, where it is the same all over"""


def _bowl(a: float, b: float) -> Surface:
    """a·x²/2 + b·y²/2: the Hessian's eigenvalues are a and b."""
    return Surface(
        lambda w: (a * w[0] ** 2 + b * w[1] ** 2) / 2,
        lambda w: np.array([a * w[0], b * w[1]]),
        ((0.0, 0.0),),
        (-2, 2, -2, 2),
        max(a, b),
    )


SURFACES = {
    "quadratic": _bowl(1, 4),
    "ravine": _bowl(1, 50),
    # flat at (0, 0), down to either side: y⁴/4 keeps it from falling for ever
    "saddle": Surface(
        lambda w: w[0] ** 2 / 2 - w[1] ** 2 / 2 + w[1] ** 4 / 4,
        lambda w: np.array([w[0], w[1] ** 3 - w[1]]),
        ((0.0, -1.0), (0.0, 1.0)),
        (-2, 2, -2, 2),
    ),
    # H. H. Rosenbrock, The Computer Journal 3 (1960), 175-184
    "rosenbrock": Surface(
        lambda w: (1 - w[0]) ** 2 + 100 * (w[1] - w[0] ** 2) ** 2,
        lambda w: np.array(
            [
                -2 * (1 - w[0]) - 400 * w[0] * (w[1] - w[0] ** 2),
                200 * (w[1] - w[0] ** 2),
            ]
        ),
        ((1.0, 1.0),),
        (-2, 2, -1, 3),
    ),
}


class Walk(NamedTuple):
    """Where an optimiser went."""

    path: Array
    """(steps + 1, 2), finite"""
    diverged: bool
    tried: int
    """values of f that a line search asked for"""


def walk(
    surface: Surface, optimiser: str, lr: float, steps: int, start: Array
) -> Walk:
    """Takes steps until they are done, or the point flies off."""
    w = start.astype(np.float64)
    path, tried = [w.copy()], 0

    def f(at: Array) -> float:
        nonlocal tried
        tried += 1
        return float(surface.f(at))

    by_hand = None if optimiser == "line search" else BY_HAND[optimiser](lr)
    for _ in range(steps):
        g = surface.gradient(w)
        if by_hand is None:
            w, _ = line_search(f, w, g, lr)
        else:
            by_hand.step([w], [g])
        if not np.abs(w).max() < 1e4:
            return Walk(np.array(path), True, tried)
        path.append(w.copy())
    return Walk(np.array(path), False, tried)


def stable(surface: Surface, optimiser: str) -> float:
    """Below this learning rate it converges on a quadratic; 0: unknown.

    2/λ for gradient descent, 2(1 + β)/λ with momentum β = 0.9.
    """
    factor = {"descent": 2.0, "momentum": 2 * 1.9}.get(optimiser, 0.0)
    return factor / surface.curvature if surface.curvature else 0.0


def show(
    surface: Annotated[
        Literal["quadratic", "ravine", "saddle", "rosenbrock"],
        Param("surface", zh="曲面"),
    ] = "ravine",
    optimiser: Annotated[
        Literal["descent", "momentum", "adam", "line search"],
        Param("optimiser", zh="优化器"),
    ] = "descent",
    lr: Annotated[
        float,
        Param(
            "learning rate; a line search begins with it",
            zh="学习率；线搜索从它开始",
            low=1e-4,
            high=10,
            log=True,
        ),
    ] = 0.03,
    steps: Annotated[
        int, Param("steps", zh="步数", low=1, high=2000, log=True)
    ] = 50,
    x: Annotated[
        float,
        Param("start, across", zh="起点横坐标", low=-2, high=2, step=0.1),
    ] = -1.8,
    y: Annotated[
        float, Param("start, up", zh="起点纵坐标", low=-2, high=3, step=0.1)
    ] = 1.2,
) -> list[View]:
    """The path over the contours, the height by step, and a verdict."""
    chosen = SURFACES[surface]
    walked = walk(chosen, optimiser, lr, steps, np.array([x, y]))
    heights = chosen.f(walked.path.T)
    lowest = min(float(chosen.f(np.array(m))) for m in chosen.minima)
    across, up = contours(surface)
    left, right, low, high = chosen.window
    px, py = dense(walked.path, right - left)
    ground = Chart(
        kind="scatter",
        series=[
            Series({"en": "contours", "zh": "等高线"}, up, across),
            Series({"en": "path", "zh": "路径"}, py, px),
            Series(
                {"en": "minimum", "zh": "最小值"},
                [m[1] for m in chosen.minima],
                [m[0] for m in chosen.minima],
            ),
        ],
        x_limits=(left, right),
        y_limits=(low, high),
        title={
            "en": f"{optimiser} on {surface}, learning rate {lr:g}",
            "zh": f"{surface} 曲面上的 {optimiser}，学习率 {lr:g}",
        },
    )
    curve = Chart(
        series=[
            Series(
                {"en": "height", "zh": "高度"},
                np.maximum(heights - lowest, 1e-16).tolist(),
            )
        ],
        log_y=True,
        x_label={"en": "step", "zh": "步"},
        y_label={"en": "height above the minimum", "zh": "比最小值高多少"},
    )
    return [ground, curve, Note(verdict(chosen, optimiser, lr, walked))]


def verdict(
    surface: Surface, optimiser: str, lr: float, walked: Walk
) -> dict[str, str]:
    """How it ended, and what theory says of this learning rate."""
    last, taken = walked.path[-1], len(walked.path) - 1
    far = min(float(np.linalg.norm(last - m)) for m in surface.minima)
    where = f"({last[0]:.4g}, {last[1]:.4g})"
    if walked.diverged:
        en = f"Diverged: after {taken} steps it flew off from {where}."
        zh = f"发散：{taken} 步之后从 {where} 飞了出去。"
    else:
        en = f"After {taken} steps at {where}, {far:.3g} from the minimum."
        zh = f"{taken} 步之后在 {where}，离最小值 {far:.3g}。"
    limit = stable(surface, optimiser)
    if limit:
        sign = "<" if lr < limit else ">="
        en += f" The limit here: {limit:.4g}; {lr:g} {sign} {limit:.4g}."
        zh += f"此处的界限是 {limit:.4g}；{lr:g} {sign} {limit:.4g}。"
    if walked.tried:
        en += f" The line search asked for {walked.tried:,} heights."
        zh += f"线搜索一共求了 {walked.tried:,} 次高度。"
    return {"en": en, "zh": zh}


@lru_cache(maxsize=len(SURFACES))
def contours(name: str, count: int = 9) -> tuple[list[float], list[float]]:
    """Places where the surface has one of ``count`` heights, across and up.

    They are found on the lines of a grid, by straight interpolation.
    """
    surface = SURFACES[name]
    left, right, low, high = surface.window
    xs, ys = np.linspace(left, right, 121), np.linspace(low, high, 121)
    f = surface.f(np.stack(np.meshgrid(xs, ys)))  # (ys, xs)
    # closer at the bottom, where the ground is flat
    shares = (np.arange(1, count + 1) / (count + 1)) ** 3
    across: list[float] = []
    up: list[float] = []
    for level in f.min() + shares * (f.max() - f.min()):
        for axis in (0, 1):
            a, b = (f[:-1], f[1:]) if axis == 0 else (f[:, :-1], f[:, 1:])
            i, j = np.nonzero((a < level) != (b < level))
            share = (level - a[i, j]) / (b[i, j] - a[i, j])
            if axis == 0:
                across += xs[j].tolist()
                up += (ys[i] + share * (ys[1] - ys[0])).tolist()
            else:
                across += (xs[j] + share * (xs[1] - xs[0])).tolist()
                up += ys[i].tolist()
    return across, up


def dense(path: Array, wide: float) -> tuple[list[float], list[float]]:
    """The path with points between its points, so that it is seen as a line."""
    gap = wide / 100
    far = np.linalg.norm(np.diff(path, axis=0), axis=1)
    parts = [path[:1]]
    for a, b, way in zip(path[:-1], path[1:], far, strict=True):
        n = min(int(way / gap) + 1, 200)
        parts.append(a + (b - a) * np.linspace(0, 1, n + 1)[1:, None])
    points = np.concatenate(parts)
    return points[:, 0].tolist(), points[:, 1].tolist()
