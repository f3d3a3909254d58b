"""How good distances are at telling people apart: ROC, equal error rate."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Array = NDArray[Any]


class Pairs(NamedTuple):
    """Pairs of pictures."""

    distance: Floats
    """(P,), small where the network thinks: the same person"""
    same: NDArray[np.bool_]
    """(P,), whether it is"""
    first: Array
    """(P,), the place of the first picture"""
    second: Array


class Curve(NamedTuple):
    """What happens at every threshold; a pair is accepted at or below it."""

    threshold: Floats
    """(T,), rising; the first accepts nothing"""
    false_accept: Floats
    """(T,), share of pairs of two people that are accepted"""
    false_reject: Floats
    """(T,), share of pairs of one person that are rejected"""


def all_pairs(distance: Array, y: Array) -> Pairs:
    """Every pair of pictures once, from distances (N, N), people (N,)."""
    first, second = np.triu_indices(len(y), k=1)
    d = np.asarray(distance, np.float64)[first, second]
    return Pairs(d, y[first] == y[second], first, second)


def roc(distance: Array, same: Array, weight: Array | None = None) -> Curve:
    """The curve of pairs (P,): sorts once, then only counts.

    Equal distances are accepted together. ``weight`` says how often a pair
    counts.
    """
    w = np.ones(len(same)) if weight is None else np.asarray(weight)
    order = np.argsort(distance, kind="stable")
    d, same, w = distance[order], same[order], w[order]
    last = np.append(d[1:] != d[:-1], True)  # of equal ones
    accepted = [np.cumsum(w * same)[last], np.cumsum(w * ~same)[last]]
    right, wrong = (np.append(0.0, count) for count in accepted)
    threshold = np.append(-np.inf, d[last])
    return Curve(threshold, wrong / wrong[-1], 1 - right / right[-1])


def equal_error(curve: Curve) -> tuple[float, float]:
    """The error rate where both kinds are equal, and its threshold.

    Between two thresholds the curve is taken as straight.
    """
    gap = curve.false_accept - curve.false_reject  # from -1 up to 1
    after = int(np.argmax(gap >= 0))
    low, high = gap[after - 1], gap[after]
    share = -low / (high - low)
    ends = curve.false_accept[after - 1 : after + 1]
    rate = float(ends[0] + share * (ends[1] - ends[0]))
    return rate, float(curve.threshold[after])


def eer(pairs: Pairs) -> float:
    """The equal error rate of pairs."""
    return equal_error(roc(pairs.distance, pairs.same))[0]


def area(curve: Curve) -> float:
    """Area under the ROC curve: 1 is perfect, 0.5 is chance."""
    return float(np.trapezoid(1 - curve.false_reject, curve.false_accept))


def errors_at(pairs: Pairs, threshold: float) -> tuple[float, float, float]:
    """False accepts, false rejects, and the mean of what is right."""
    accepted = pairs.distance <= threshold
    accept = float(accepted[~pairs.same].mean())
    reject = float((~accepted)[pairs.same].mean())
    return accept, reject, 1 - (accept + reject) / 2


def eer_interval(
    pairs: Pairs, y: Array, draws: int = 500
) -> tuple[float, float]:
    """95 % interval of the equal error rate, for other people like these.

    Pairs that share a person are not independent, so it is people that are
    drawn, with replacement (bootstrap), not pairs. A pair counts as often
    as its people came up, a pair within a person once each time.
    """
    people, place = np.unique(y, return_inverse=True)
    generator = np.random.default_rng(2026)
    rates = []
    for _ in range(draws):
        drawn = generator.integers(len(people), size=len(people))
        often = np.bincount(drawn, minlength=len(people))
        one, two = often[place[pairs.first]], often[place[pairs.second]]
        weight = np.where(pairs.same, one, one * two)
        if weight[pairs.same].any() and weight[~pairs.same].any():
            curve = roc(pairs.distance, pairs.same, weight)
            rates.append(equal_error(curve)[0])
    low, high = np.percentile(rates, [2.5, 97.5])
    return float(low), float(high)
