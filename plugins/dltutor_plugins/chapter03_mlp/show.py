"""What the end of a run shows: confusions, worst mistakes, how sure the figure is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor

from dltutor.views import Picture

if TYPE_CHECKING:
    from dltutor_plugins.chapter03_mlp.data import LabelledSet


MOST_SHOWN = 40
"""classes; a larger matrix fits no terminal"""


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
