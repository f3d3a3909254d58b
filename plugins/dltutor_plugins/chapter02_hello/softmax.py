"""Softmax written three ways: as the formula says, shifted, by way of its logarithm."""

from __future__ import annotations

from typing import Annotated

import torch
from torch import Tensor

from dltutor.chapter import Param, Text
from dltutor.views import Note, Table, View


def naive(z: Tensor) -> Tensor:
    """exp(z_k) / sum(exp(z_j)) along the last axis, as the formula says."""
    powers = z.exp()
    return powers / powers.sum(dim=-1, keepdim=True)


def shifted(z: Tensor) -> Tensor:
    """The same quotient with the largest z subtracted from all."""
    powers = (z - z.amax(dim=-1, keepdim=True)).exp()
    return powers / powers.sum(dim=-1, keepdim=True)


def by_logarithm(z: Tensor) -> Tensor:
    """exp(log softmax): z minus the logarithm of the sum of the powers."""
    return (z - z.logsumexp(dim=-1, keepdim=True)).exp()


WAYS = (naive, shifted, by_logarithm)


def _logit(k: int) -> Param:
    return Param(
        f"logit of class {k}",
        zh=f"类别 {k} 的 logit",
        low=-10,
        high=10,
        step=0.5,
    )


def show(
    scale: Annotated[
        float,
        Param(
            "all logits times this",
            zh="所有 logits 乘以它",
            low=0.1,
            high=1000,
            log=True,
        ),
    ] = 1.0,
    a: Annotated[float, _logit(0)] = 2.0,
    b: Annotated[float, _logit(1)] = 1.0,
    c: Annotated[float, _logit(2)] = -1.0,
) -> list[View]:
    """The three ways side by side in float32, and the powers that they meet."""
    z = scale * torch.tensor([a, b, c])  # float32
    rows: list[tuple[str | float, ...]] = [
        (
            name,
            *(text(v) for v in values.tolist()),
            text(float(values.sum())),
        )
        for name, values in (
            ("z", z),
            ("exp(z)", z.exp()),
            ("exp(z - max)", (z - z.max()).exp()),
            *((way.__name__, way(z)) for way in WAYS),
        )
    ]
    columns: tuple[Text, ...] = (
        {"en": "in float32", "zh": "float32 中"},
        "0",
        "1",
        "2",
        {"en": "sum", "zh": "总和"},
    )
    return [Table(columns=columns, rows=rows), Note(verdict(z))]


def text(value: float) -> str:
    """Four significant digits; inf and nan as they are."""
    return f"{value:.4g}"


def verdict(z: Tensor) -> Text:
    """What becomes of the naive way for these logits (K,)."""
    p = naive(z)
    right = shifted(z)
    if p.isnan().any():
        top = float(z.max())
        if top > 0:
            return {
                "en": f"exp({top:.4g}) is more than float32 can hold: it becomes inf, and inf / inf"
                " is nan. The other two ways never see such a number.",
                "zh": f"exp({top:.4g}) 超出了 float32 的范围，变成 inf，而 inf / inf 是 nan。"
                "另外两种写法从不产生这样的数。",
            }
        return {
            "en": f"exp({top:.4g}) is less than float32 can hold: every power becomes 0, and 0 / 0"
            " is nan. The other two ways have exp(0) = 1 among their powers.",
            "zh": f"exp({top:.4g}) 小到 float32 无法表示：所有的幂都变成 0，而 0 / 0 是 nan。"
            "另外两种写法里总有 exp(0) = 1。",
        }
    gap = float((p - right).abs().max())
    return {
        "en": f"All three agree to within {gap:.1g}. Raise the scale until the first row of powers"
        " overflows.",
        "zh": f"三种写法相差不超过 {gap:.1g}。把倍数调大，直到幂的第一行溢出。",
    }
