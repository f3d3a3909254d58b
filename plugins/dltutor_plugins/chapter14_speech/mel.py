"""The mel scale, its filters and the cosine transform, one number after the other."""

from __future__ import annotations

import math
from collections.abc import Sequence


def to_mel(hertz: float) -> float:
    """m = 2595 log10(1 + f / 700). D. O'Shaughnessy, 1987."""
    return 2595 * math.log10(1 + hertz / 700)


def to_hertz(mel: float) -> float:
    """The way back: f = 700 (10^(m / 2595) - 1)."""
    return 700 * (10 ** (mel / 2595) - 1)


def edges(filters: int, low: float, high: float) -> list[float]:
    """``filters`` + 2 frequencies that are equally far apart in mel.

    Filter k rises from edge k to edge k + 1 and falls to edge k + 2.
    """
    first, last = to_mel(low), to_mel(high)
    step = (last - first) / (filters + 1)
    return [to_hertz(first + k * step) for k in range(filters + 2)]


def triangle(hertz: float, left: float, top: float, right: float) -> float:
    """The weight of a frequency in a filter: 0 outside, 1 at the top."""
    rising = (hertz - left) / (top - left)
    falling = (right - hertz) / (right - top)
    return max(0.0, min(rising, falling))


def filter_bank(
    filters: int, bins: int, rate: int, low: float
) -> list[list[float]]:
    """The weights (filters, bins): from the powers of a frame to bands.

    Bin b of ``bins`` is the frequency b / (bins - 1) times half the rate.
    """
    at = [b * rate / 2 / (bins - 1) for b in range(bins)]
    e = edges(filters, low, rate / 2)
    return [
        [triangle(f, e[k], e[k + 1], e[k + 2]) for f in at]
        for k in range(filters)
    ]


def dct(values: Sequence[float]) -> list[float]:
    """How much of each cosine is in ``values``: DCT-II, lengths kept.

    Coefficient 0 is the sum over the root of n; the others compare high
    bands with low ones, in finer and finer steps.
    """
    n = len(values)
    out = []
    for k in range(n):
        total = sum(
            v * math.cos(math.pi * k * (2 * i + 1) / (2 * n))
            for i, v in enumerate(values)
        )
        out.append(total * math.sqrt((1 if k == 0 else 2) / n))
    return out
