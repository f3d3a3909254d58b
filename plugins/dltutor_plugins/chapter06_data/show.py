"""Pictures side by side, as the run shows them."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from dltutor.chapter import Text
from dltutor_plugins.chapter06_data.data import Pictures, Whole

LINE = 96
"""the grey of the lines between pictures"""


def sheet(pictures: Tensor, columns: int = 3) -> Tensor:
    """(N, 1, 28, 28) uint8 as one picture, their margins cut to 26 x 26.

    Three in a row are 80 pixels wide, as a terminal is.
    """
    rows = -(-len(pictures) // columns)
    field = torch.full(
        (27 * rows - 1, 27 * columns - 1), LINE, dtype=torch.uint8
    )
    for k, picture in enumerate(pictures.cpu()):
        top, left = k // columns * 27, k % columns * 27
        field[top : top + 26, left : left + 26] = picture[0, 1:27, 1:27]
    blank = range(len(pictures), rows * columns)
    for k in blank:
        top, left = k // columns * 27, k % columns * 27
        field[top : top + 26, left : left + 26] = 0
    return field


def before_and_after(
    data: Pictures, classes: tuple[str, ...]
) -> tuple[Tensor, Text]:
    """Three training pictures, and below them what the network gets."""
    places = [0, len(data) // 3, 2 * len(data) // 3]
    samples = [data[i] for i in places]
    pictures = torch.cat(
        [data.x[places], torch.stack([x for x, _ in samples])]
    )
    names = ", ".join(classes[y] for _, y in samples)
    caption = {
        "en": f"labels {names}; above as stored, below as fed",
        "zh": f"标签 {names}；上排是原图，下排是网络收到的图片",
    }
    return sheet(pictures), caption


def mistakes(
    logits: Tensor, data: Whole, classes: tuple[str, ...]
) -> tuple[Tensor, Text]:
    """Six pictures that the model got wrong while it was surest."""
    said = logits.argmax(dim=1)
    losses = F.cross_entropy(logits, data.y, reduction="none")
    losses = losses.masked_fill(said == data.y, -1)
    surest = losses.argsort(descending=True)[:6]
    worst = surest[losses[surest] >= 0].cpu()
    names = ", ".join(
        f"{classes[int(data.y[i])]}→{classes[int(said[i])]}" for i in worst
    )
    pictures = torch.zeros(6, 1, 28, 28, dtype=torch.uint8)
    pictures[: len(worst)] = data.x[worst.to(data.x.device)].cpu()
    caption = {
        "en": f"worst mistakes, label→model: {names}"
        if names
        else "no mistake at all",
        "zh": f"错得最离谱的图片，标签→模型：{names}"
        if names
        else "没有任何错误",
    }
    return sheet(pictures), caption
