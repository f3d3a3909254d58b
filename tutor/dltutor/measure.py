"""How sure a figure is, and what kind of mistakes were made; for every chapter that measures."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from statistics import fmean, stdev
from typing import Any

from dltutor.chapter import pick
from dltutor.views import Heatmap, Table

Labels = Any
"""class indices: a sequence of int, an array or a tensor, (N,)"""

_T = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)
"""Student's t at 97.5 % for 1 to 10 degrees of freedom"""


def interval(right: int, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval for ``right`` answers out of ``n``.

    E. B. Wilson, "Probable inference, the law of succession, and
    statistical inference", JASA 22 (1927), 209-212.
    """
    p, z = right / n, 1.96
    middle = p + z * z / (2 * n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    scale = 1 / (1 + z * z / n)
    low, high = (middle - half) * scale, (middle + half) * scale
    return max(0.0, low), min(1.0, high)


def interval_text(right: int, n: int, lang: str) -> str:
    """The accuracy on test samples and its interval in words."""
    low, high = interval(right, n)
    text = {
        "en": f"{right:,} of {n:,} test samples right: {right / n:.4f}, "
        f"95 % interval {low:.4f} to {high:.4f}",
        "zh": f"{n:,} 个测试样本答对 {right:,} 个：{right / n:.4f}，"
        f"95% 置信区间 {low:.4f} 到 {high:.4f}",
    }
    return pick(text, lang)


def mean_interval(values: Sequence[float]) -> tuple[float, float]:
    """The mean of a few measurements (one for each seed) and half of its 95 % interval.

    The interval is Student's: with three seeds it is 2.5 standard deviations to each side.
    Differences of pairs that share a seed give a narrower one than two separate means.
    Raises ValueError for fewer than two values.
    """
    if len(values) < 2:
        raise ValueError(f"an interval takes two values, not {len(values)}")
    freedom = len(values) - 1
    # the expansion of Fisher and Cornish, right to 0.001 from 11 degrees on
    z, n = 1.959964, freedom
    t = (
        _T[n - 1]
        if n <= len(_T)
        else z + (z**3 + z) / (4 * n) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * n * n)
    )
    return fmean(values), t * stdev(values) / math.sqrt(len(values))


def confusion(said: Labels, truth: Labels, classes: Sequence[str]) -> Heatmap:
    """How often each true class (row) was called each class (column), shaded for the mistakes."""
    counts = _count(said, truth)
    cells = [[counts[row, column] for column in range(len(classes))] for row in range(len(classes))]
    mistakes = [n for (row, column), n in counts.items() if row != column]
    return Heatmap(
        values=cells,
        rows=tuple(classes),
        columns=tuple(classes),
        title={"en": "Confusion on the test set", "zh": "测试集上的混淆矩阵"},
        x_label={"en": "the model says", "zh": "模型的判断"},
        y_label={"en": "the label says", "zh": "真实标签"},
        # the diagonal is hundreds, a mistake a handful: shade for the mistakes
        limits=(0.0, float(max(mistakes, default=1))),
    )


def most_confused(said: Labels, truth: Labels, classes: Sequence[str]) -> Table:
    """The five most frequent mistakes: label, answer, how often."""
    counts = _count(said, truth)
    mistakes = sorted((-n, pair) for pair, n in counts.items() if pair[0] != pair[1])[:5]
    return Table(
        title={"en": "Most frequent mistakes", "zh": "最常见的错误"},
        columns=(
            {"en": "label", "zh": "标签"},
            {"en": "answer", "zh": "回答"},
            {"en": "how often", "zh": "次数"},
        ),
        rows=[(classes[row], classes[column], -n) for n, (row, column) in mistakes],
    )


def _count(said: Labels, truth: Labels) -> Counter[tuple[int, int]]:
    return Counter(zip(_ints(truth), _ints(said), strict=True))


def _ints(labels: Labels) -> Iterable[int]:
    plain: Iterable[int] = labels.tolist() if hasattr(labels, "tolist") else labels
    return plain
