"""Numbers as people read them, and round places for the marks of an axis."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise


def figure(value: float, digits: int = 4) -> str:
    """``0.4213``, ``12,400``, ``1.2e-05``; whole numbers stay whole."""
    value = float(value)
    if value != value:
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if value == int(value) and abs(value) < 1e9:
        return f"{int(value):,}"
    size = abs(value)
    if size >= 1e9 or size < 1e-4:
        return f"{value:.{digits - 2}e}"
    text = f"{value:,.{max(0, digits - 1 - math.floor(math.log10(size)))}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def figures(values: Iterable[float], *, short: bool = False) -> list[str]:
    """The values of one column: with the same number of decimals, so that they stand in line.

    ``short`` spends four digits on the largest and lets small ones lose theirs.
    """
    values = list(values)
    texts = [figure(v) for v in values]
    if any("e" in text for text in texts):
        return texts
    decimals = max((len(text.partition(".")[2]) for text in texts), default=0)
    decimals = min(decimals, 6)
    largest = max((abs(v) for v in values if v - v == 0), default=0.0)
    if short and largest > 0:
        decimals = min(decimals, max(0, 3 - math.floor(math.log10(largest))))
    return [
        f"{v:,.{decimals}f}" if v - v == 0 else text for v, text in zip(values, texts, strict=True)
    ]


def finite(values: Iterable[float]) -> list[float]:
    return [v for v in map(float, values) if v - v == 0]


def span(values: Sequence[float], limits: Sequence[float] | None = None) -> tuple[float, float]:
    """The lowest and the highest value, apart even when all are the same."""
    if limits is not None:
        low, high = float(limits[0]), float(limits[1])
    elif values:
        low, high = min(values), max(values)
    else:
        low, high = 0.0, 1.0
    if low > high:
        low, high = high, low
    if high - low <= 1e-12 * max(abs(low), abs(high), 1e-300):
        margin = abs(low) * 0.1 or 0.5
        low, high = low - margin, high + margin
    return low, high


def ticks(low: float, high: float, count: int, *, whole: bool = False) -> list[float]:
    """About ``count`` round places from ``low`` to ``high``, in steps of 1, 2 or 5 times ten."""
    rough = (high - low) / max(count, 1)
    if not 0 < rough < math.inf:
        return [low]
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(s * power for s in (1, 2, 5, 10) if s * power >= rough * 0.999)
    if whole:
        step = max(1.0, step)
    first = math.ceil(low / step - 1e-9)
    return [n * step for n in range(first, first + count + 2) if n * step <= high + step * 1e-9]


def labels(places: Sequence[float]) -> list[str]:
    """The places' names, with as many decimals as tell them apart."""
    if not places:
        return []
    largest = max(map(abs, places))
    if largest >= 1e7 or 0 < largest < 1e-3:
        return [f"{p:.1e}".replace("e+0", "e").replace("e-0", "e-") if p else "0" for p in places]
    step = min((b - a for a, b in pairwise(places)), default=0.0)
    if step <= 0:
        return [figure(p) for p in places]
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    if round(step, decimals) != round(step, decimals + 1):
        decimals += 1
    return [f"{p or 0.0:,.{decimals}f}" for p in places]


def log_ticks(low: float, high: float, count: int) -> list[tuple[float, str]]:
    """Places on a logarithmic axis, ``low`` and ``high`` being powers of ten, with their names."""
    first, last = math.ceil(low - 1e-9), math.floor(high + 1e-9)
    every = max(1, math.ceil((last - first + 1) / max(count, 1)))
    places = [(float(p), _power(p)) for p in range(first, last + 1, every)]
    if len(places) < 2:
        fine = [p + math.log10(m) for p in range(first - 1, last + 1) for m in (1, 2, 5)]
        places = [(f, figure(10**f, 2)) for f in fine if low <= f <= high] or places
    return places or [(low, figure(10**low, 2)), (high, figure(10**high, 2))]


def _power(exponent: int) -> str:
    return f"{10.0**exponent:g}" if -4 <= exponent <= 5 else f"1e{exponent}"
