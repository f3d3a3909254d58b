"""The moon, the pad and the lander, drawn without a window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from dltutor_plugins.chapter13_ppo.env import Environment

Point = tuple[float, float]
Pixels = NDArray[np.uint8]

WIDE, HIGH = 20.0, 40 / 3
"""the simulator's world, in metres"""
SKY, STAR, GROUND, EDGE = (
    (11, 13, 28),
    (90, 95, 120),
    (74, 74, 82),
    (150, 150, 160),
)
PAD, HULL, WINDOW, LEG = (
    (240, 200, 70),
    (170, 150, 250),
    (40, 40, 90),
    (200, 200, 215),
)
FLAME, SPARK = (255, 140, 40), (255, 225, 120)
MAIN = ((-5, -10), (5, -10), (0, -30))
"""the main engine's flame, in the lander's own thirtieths of a metre"""
SIDES = {
    1: ((14, 15), (14, 9), (27, 12)),
    3: ((-14, 15), (-14, 9), (-27, 12)),
}
"""flames of what pushes left (1) and right (3): on the other side"""
FINE = 4
"""drawn so many times larger, then averaged"""


@dataclass(frozen=True, slots=True)
class Ground:
    """What stays as it is during an episode."""

    line: tuple[Point, ...]
    pad: tuple[float, float, float]
    """left end, right end and height"""


@dataclass(frozen=True, slots=True)
class Shot:
    """Where the lander is, and which engine burns (0: none)."""

    hull: tuple[Point, ...]
    legs: tuple[tuple[Point, ...], ...]
    flame: tuple[Point, ...]
    at: Point


def ground(env: Environment) -> Ground:
    """The ground of a LunarLander that was reset."""
    inner: Any = env.unwrapped
    points = [poly[0] for poly in inner.sky_polys] + [
        inner.sky_polys[-1][1]
    ]
    pad = inner.helipad_x1, inner.helipad_x2, inner.helipad_y
    line = tuple((float(x), float(y)) for x, y in points)
    return Ground(line, tuple(map(float, pad)))  # type: ignore[arg-type]


def shot(env: Environment, action: int = 0) -> Shot:
    """The lander as it is now, after that action."""
    inner: Any = env.unwrapped
    body = inner.lander

    def outline(part: Any) -> tuple[Point, ...]:
        corners = part.fixtures[0].shape.vertices
        return tuple(
            tuple(part.GetWorldPoint(corner)) for corner in corners
        )

    local = MAIN if action == 2 else SIDES.get(action, ())
    flame = tuple(
        tuple(body.GetWorldPoint((x / 30, y / 30))) for x, y in local
    )
    legs = tuple(outline(leg) for leg in inner.legs)
    return Shot(outline(body), legs, flame, tuple(body.position))


def camera(land: Ground, moment: Shot) -> tuple[float, float, float]:
    """Left end, bottom and height of what is seen: lander and pad, as near as fits.

    What is seen is one and a half times as wide as high.
    """
    left, right, level = land.pad
    middle, bottom = (left + right) / 2, max(0.0, level - 1.5)
    x, y = moment.at
    high = max(5.5, y + 1.3 - bottom, (abs(x - middle) + 5) / 1.5)
    high = min(high, HIGH)
    wide = 1.5 * high
    start = (x + middle) / 2 - wide / 2
    start = min(max(start, 0.0), WIDE - wide)
    return start, min(bottom, HIGH - high), high


def draw(land: Ground, moment: Shot, width: int = 96) -> Pixels:
    """The scene (H, W, 3), ``width`` pixels wide and two thirds as high."""
    height = width * 2 // 3
    left, bottom, high = camera(land, moment)
    unit = FINE * height / high
    picture = Image.new("RGB", (FINE * width, FINE * height), SKY)
    pen = ImageDraw.Draw(picture)

    def place(points: tuple[Point, ...]) -> list[Point]:
        return [
            ((x - left) * unit, FINE * height - (y - bottom) * unit)
            for x, y in points
        ]

    for n in range(40):  # the same stars always
        x, y = place((((n * 7.31) % WIDE, (n * n * 1.37) % HIGH),))[0]
        pen.ellipse((x, y, x + FINE, y + FINE), fill=STAR)
    line = land.line
    pen.polygon(
        place(((line[0][0], -1.0), *line, (line[-1][0], -1.0))), fill=GROUND
    )
    pen.line(place(line), fill=EDGE, width=FINE)
    first, last, level = land.pad
    pen.line(
        place(((first, level), (last, level))), fill=PAD, width=2 * FINE
    )
    for x in (first, last):
        pen.line(place(((x, level), (x, level + 1))), fill=EDGE, width=FINE)
        flag = ((x, level + 1), (x + 0.5, level + 0.8), (x, level + 0.6))
        pen.polygon(place(flag), fill=PAD)
    if moment.flame:
        pen.polygon(place(moment.flame), fill=FLAME)
        middle = [sum(axis) / 3 for axis in zip(*moment.flame, strict=True)]
        inner = tuple(
            ((x + middle[0]) / 2, (y + middle[1]) / 2)
            for x, y in moment.flame
        )
        pen.polygon(place(inner), fill=SPARK)
    for leg in moment.legs:
        pen.polygon(place(leg), fill=LEG)
    hull = place(moment.hull)
    pen.polygon(hull, fill=HULL)
    x, y = place((moment.at,))[0]
    if y < 0:  # above what is seen
        pen.polygon(
            [(x - 3 * FINE, 4 * FINE), (x + 3 * FINE, 4 * FINE), (x, 0)],
            fill=HULL,
        )
    size = 0.14 * unit
    pen.ellipse((x - size, y - size, x + size, y + size), fill=WINDOW)
    return np.asarray(picture.reduce(FINE), dtype=np.uint8)
