"""What the end of a run shows: confusions, worst mistakes, how sure the figure is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor

from dltutor.chapter import pick
from dltutor.views import Heatmap, Picture, Table

if TYPE_CHECKING:
    from dltutor_plugins.chapter03_mlp.data import LabelledSet


MOST_SHOWN = 40
"""classes; a larger matrix fits no terminal"""


def count(logits: Tensor, y: Tensor, classes: int) -> Tensor:
    """How often each true class (row) was called each class (column)."""
    cells = y * classes + logits.argmax(dim=1)
    return cells.bincount(minlength=classes * classes).view(
        classes, classes
    )


def most_confused(
    logits: Tensor, y: Tensor, classes: Sequence[str]
) -> Table:
    """The five most frequent mistakes: label, answer, how often."""
    counts = count(logits, y, len(classes)).fill_diagonal_(0).flatten()
    order = counts.argsort(descending=True, stable=True)[:5].tolist()
    rows = [
        (
            classes[i // len(classes)],
            classes[i % len(classes)],
            int(counts[i]),
        )
        for i in order
        if counts[i]
    ]
    return Table(
        title={"en": "Most frequent mistakes", "zh": "最常见的错误"},
        columns=(
            {"en": "label", "zh": "标签"},
            {"en": "answer", "zh": "回答"},
            {"en": "how often", "zh": "次数"},
        ),
        rows=rows,
    )


def confusion(logits: Tensor, y: Tensor, classes: Sequence[str]) -> Heatmap:
    """The counts of all pairs of label and answer, shaded for the mistakes."""
    counts = count(logits, y, len(classes))
    mistakes = counts - counts.diag().diag()
    return Heatmap(
        values=counts.tolist(),
        rows=tuple(classes),
        columns=tuple(classes),
        title={
            "en": "Confusion on the test set",
            "zh": "测试集上的混淆矩阵",
        },
        x_label={"en": "the model says", "zh": "模型的判断"},
        y_label={"en": "the label says", "zh": "真实标签"},
        # the diagonal is hundreds, a mistake a handful: shade for the mistakes
        limits=(0.0, max(1.0, float(mistakes.max()))),
    )


def worst_mistakes(
    logits: Tensor, data: LabelledSet, classes: Sequence[str]
) -> Picture:
    """Six pictures that the model got wrong while being surest of itself, two rows of three."""
    said = logits.argmax(dim=1)
    losses = F.cross_entropy(logits, data.y, reduction="none").masked_fill(
        said == data.y, -1
    )
    surest = losses.argsort(descending=True)[:6]
    worst = surest[losses[surest] >= 0].tolist()
    sheet = torch.zeros(
        53, 80, dtype=torch.uint8
    )  # 26 x 26 each, with a line between
    sheet[26] = 96
    sheet[:, [26, 53]] = 96
    for place, i in enumerate(worst):
        top, left = place // 3 * 27, place % 3 * 27
        sheet[top : top + 26, left : left + 26] = data.x[
            i, 0, 1:27, 1:27
        ].cpu()
    names = ", ".join(
        f"{classes[int(data.y[i])]}→{classes[int(said[i])]}" for i in worst
    )
    return Picture.of(
        sheet,
        {
            "en": f"worst mistakes, label→model: {names}"
            if worst
            else "no mistake at all",
            "zh": f"错得最离谱的图片，标签→模型：{names}"
            if worst
            else "没有任何错误",
        },
    )


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
    """The accuracy and its interval in words."""
    low, high = interval(right, n)
    text = {
        "en": f"{right:,} of {n:,} test pictures right: {right / n:.4f}, "
        f"95 % interval {low:.4f} to {high:.4f}",
        "zh": f"{n:,} 张测试图片答对 {right:,} 张：{right / n:.4f}，"
        f"95% 置信区间 {low:.4f} 到 {high:.4f}",
    }
    return pick(text, lang)
