"""Demos that need no training: the scale, masks and positions."""

from __future__ import annotations

import math
from typing import Annotated, Literal

import torch

from dltutor.chapter import Param
from dltutor.views import Chart, Heatmap, Note, Series, Table, View
from dltutor_plugins.chapter10_encoder.model import attention, sinusoids


def scale(
    width: Annotated[
        int,
        Param(
            "numbers of a query and a key",
            zh="查询和键的维数",
            low=1,
            high=4096,
            log=True,
        ),
    ] = 52,
    places: Annotated[
        int, Param("places to choose from", zh="位置数", low=2, high=40)
    ] = 10,
    seed: Annotated[
        int,
        Param("other random numbers", zh="另一组随机数", low=0, high=99),
    ] = 0,
) -> list[View]:
    """Random queries and keys: the largest weight, scaled and not."""
    generator = torch.Generator().manual_seed(seed)
    q = torch.randn(200, 1, width, generator=generator)
    k = torch.randn(200, places, width, generator=generator)
    weights = attention(q, k, k)[1][:, 0]  # (200, places)
    raw = (q @ k.transpose(1, 2))[:, 0]
    hard = raw.softmax(dim=1)
    shown = [
        Series(
            {"en": "scaled by 1/√d", "zh": "乘以 1/√d"}, weights[0].tolist()
        ),
        Series({"en": "not scaled", "zh": "不缩放"}, hard[0].tolist()),
    ]
    chart = Chart(
        series=shown,
        kind="bar",
        categories=[str(i + 1) for i in range(places)],
        y_limits=(0.0, 1.0),
        title={
            "en": "Attention weights of one query",
            "zh": "一个查询的注意力权重",
        },
    )
    rows = []
    for name, p in (("1/√d", weights), ("1", hard)):
        # how much the weights still answer to the scores
        slope = (p * (1 - p)).sum(dim=1).mean()
        rows.append((name, float(p.amax(dim=1).mean()), float(slope)))
    columns = (
        {"en": "scale", "zh": "缩放"},
        {"en": "largest weight, mean", "zh": "最大权重的平均"},
        {"en": "slope of the softmax", "zh": "softmax 的斜率"},
    )
    table = Table(
        columns=columns,
        rows=[(name, f"{a:.3f}", f"{b:.3f}") for name, a, b in rows],
    )
    spread, root = float(raw.std()), math.sqrt(width)
    note = {
        "en": f"d = {width}: the raw scores of 200 queries have a standard"
        f" deviation of {spread:.2f}; √d = {root:.2f}.",
        "zh": f"d = {width}：200 个查询的原始分数标准差为 {spread:.2f}；"
        f"√d = {root:.2f}。",
    }
    return [chart, table, Note(note)]


WORDS = ("ta1", "he1", "shui3")


def mask(
    kind: Annotated[
        Literal["right", "inverted", "none"],
        Param("which mask", zh="哪种掩码"),
    ] = "right",
    padding: Annotated[
        int, Param("places of padding", zh="填充位置数", low=0, high=8)
    ] = 3,
) -> list[View]:
    """Three syllables and padding: the weights, and what comes out."""
    generator = torch.Generator().manual_seed(1)
    words = torch.randn(len(WORDS), 8, generator=generator)
    x = torch.cat([words, words.new_zeros(padding, 8)])  # (T, 8)
    there = torch.arange(len(x)) < len(WORDS)
    masks = {"right": there, "inverted": ~there, "none": None}
    chosen = masks[kind]
    mixed, weights = attention(x, x, x, chosen)
    names = (*WORDS, *["-"] * padding)
    heat = Heatmap(
        values=weights[: len(WORDS)].nan_to_num(0).tolist(),
        rows=WORDS,
        columns=names,
        limits=(0.0, 1.0),
        title={
            "en": "who asks (rows) whom (columns)",
            "zh": "谁（行）在问谁（列）",
        },
    )
    alone = attention(words, words, words)[0]
    change = float((mixed[: len(WORDS)] - alone).abs().max())
    on_padding = float(
        weights[: len(WORDS), len(WORDS) :].sum(dim=1).mean()
    )
    if math.isnan(change):
        note = {
            "en": "Nobody may be asked: every weight is 0/0, not a number.",
            "zh": "没有可问的位置：每个权重都是 0/0，不是数。",
        }
    else:
        note = {
            "en": f"Weight on padding: {on_padding:.4f} of 1. Largest"
            f" difference to the sentence alone: {change:.4f}.",
            "zh": f"落在填充上的权重：{on_padding:.4f}（总和为 1）。与单独"
            f"计算这个句子的最大差别：{change:.4f}。",
        }
    return [heat, Note(note)]


def positions(
    width: Annotated[
        int, Param("numbers a place", zh="每个位置的维数", low=2, high=64)
    ] = 16,
    places: Annotated[
        int, Param("places", zh="位置数", low=2, high=40)
    ] = 16,
    at: Annotated[
        int,
        Param(
            "compared with all others", zh="与其他位置比较", low=0, high=39
        ),
    ] = 5,
) -> list[View]:
    """The waves as shades, and the dot products with one place."""
    waves = sinusoids(places, width)
    at = min(at, places - 1)
    heat = Heatmap(
        values=waves.T.tolist(),
        rows=[str(i) for i in range(width)],
        columns=[str(i) for i in range(places)],
        limits=(-1.0, 1.0),
        title={
            "en": "place to the right, wave below",
            "zh": "向右是位置，向下是各个波",
        },
    )
    alike = (waves @ waves[at] / (waves[at] @ waves[at])).tolist()
    chart = Chart(
        series=[Series({"en": "likeness", "zh": "相似度"}, alike)],
        title={
            "en": f"Dot product with place {at}, 1 for itself",
            "zh": f"与位置 {at} 的点积，自身为 1",
        },
        x_label={"en": "place", "zh": "位置"},
    )
    return [heat, chart]
