"""A small training, done at once, and what its two curves say."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Annotated

import torch
import torch.nn.functional as F
from torch import Tensor

from dltutor.chapter import Param
from dltutor.data.digits import builtin
from dltutor.views import Chart, Note, Series, View
from dltutor_plugins.chapter06_data.threads import one_thread

START = math.log(10)
"""the loss of a network that knows nothing of ten classes"""
SAID = {
    "too fast": {
        "en": "The learning rate is too high: the training loss jumps, or stays where it began.",
        "zh": "学习率太大：训练损失上下乱跳，或者停在起点不动。",
    },
    "too slow": {
        "en": "The learning rate is too low, or the run too short: both losses were still falling.",
        "zh": "学习率太小，或者训练太短：两条曲线都还在下降。",
    },
    "overfitted": {
        "en": "Overfitting: the training loss falls on; the validation loss has turned, or stays far above it.",
        "zh": "过拟合：训练损失继续下降，验证损失却掉头上升，或者一直远高于它。",
    },
    "healthy": {
        "en": "Healthy: both losses fell and have flattened, with a small gap between them.",
        "zh": "健康：两条曲线都降了下来并趋于平缓，彼此只有小的差距。",
    },
}


def diagnose(
    train: Sequence[float], val: Sequence[float], start: float
) -> str:
    """What a pair of loss curves, one value an epoch, shows.

    ``start`` is the loss of knowing nothing, log(classes). The limits are
    rules of thumb, in the order in which one looks.
    """
    jumps = [b for a, b in pairwise(train) if b > max(1.2 * a, 0.5)]
    if not all(map(math.isfinite, train)) or len(jumps) >= 2:
        return "too fast"
    if train[0] > 1.2 * start:
        return "too fast"  # thrown far away by the first steps
    if train[-1] > 0.6 * start:  # little learnt: which way was it?
        return "too fast" if max(val) > 1.2 * start else "too slow"
    if val[-1] > 1.1 * min(val) or val[-1] > train[-1] + 0.5:
        return "overfitted"
    falling = train[-1] < 0.9 * train[len(train) * 3 // 4]
    return "too slow" if falling and train[-1] > 0.3 else "healthy"


@lru_cache(maxsize=1)
def digits() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The builtin digits at half their size: (N, 196), 0 to 1."""
    train, val, *_ = builtin()
    x, val_x = (
        torch.from_numpy(part.x[:, ::2, ::2].copy()).flatten(1) / 255
        for part in (train, val)
    )
    return x, torch.from_numpy(train.y), val_x, torch.from_numpy(val.y)


@lru_cache(maxsize=256)
def fit(
    lr: float, pictures: int, wrong: float, epochs: int
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Losses by epoch, training and validation, of a network 196-64-10.

    SGD with momentum 0.9 on batches of 100, the gradients written out
    (as chapter 4 does), since a control should answer at once.
    """
    with torch.no_grad(), one_thread():
        return _fit(lr, pictures, wrong, epochs)


def _fit(
    lr: float, pictures: int, wrong: float, epochs: int
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    x, y, val_x, val_y = digits()
    random = torch.Generator().manual_seed(0)
    x, y = x[:pictures], y[:pictures].clone()
    spoilt = torch.rand(pictures, generator=random) < wrong
    y[spoilt] = torch.randint(10, (int(spoilt.sum()),), generator=random)
    goals = F.one_hot(y, 10).float()
    w1, b1, w2, b2 = parameters = [
        torch.randn(196, 64, generator=random) * math.sqrt(2 / 196),
        torch.zeros(64),
        torch.randn(64, 10, generator=random) * math.sqrt(2 / 64),
        torch.zeros(10),
    ]
    speeds = [torch.zeros_like(p) for p in parameters]
    train: list[float] = []
    val: list[float] = []
    for _ in range(epochs):
        total = torch.zeros(())
        order = torch.randperm(pictures, generator=random)
        for batch in torch.split(order, 100):
            u, goal = x[batch], goals[batch]
            h = torch.addmm(b1, u, w1).relu_()  # (B, 64)
            z = torch.addmm(b2, h, w2).log_softmax(dim=1)
            total -= (z * goal).sum()
            dz = (z.exp() - goal) / len(batch)  # (B, 10)
            dh = (dz @ w2.T) * (h > 0)
            gradients = (u.T @ dh, dh.sum(0), h.T @ dz, dz.sum(0))
            for p, v, g in zip(parameters, speeds, gradients, strict=True):
                v.mul_(0.9).add_(g)
                p.sub_(v, alpha=lr)
        train.append(float(total) / pictures)  # by pictures, not batches
        z = torch.addmm(b2, torch.addmm(b1, val_x, w1).relu_(), w2)
        val.append(float(F.cross_entropy(z, val_y)))
    return tuple(train), tuple(val)


def curve(
    lr: Annotated[
        float,
        Param(
            "learning rate of SGD with momentum",
            zh="带动量的 SGD 的学习率",
            low=1e-4,
            high=10,
            log=True,
        ),
    ] = 0.1,
    pictures: Annotated[
        int,
        Param(
            "training pictures",
            zh="训练图片数",
            low=20,
            high=600,
            step=20,
        ),
    ] = 600,
    wrong: Annotated[
        float,
        Param(
            "share of training labels drawn at random",
            zh="训练标签被随机替换的比例",
            low=0,
            high=1,
            step=0.05,
        ),
    ] = 0.0,
    epochs: Annotated[
        int, Param("epochs", zh="轮次", low=5, high=40, step=5)
    ] = 30,
) -> list[View]:
    """The two losses over the epochs, and what they say."""
    train, val = fit(lr, pictures, wrong, epochs)
    top = 2 * START  # what lies higher is drawn at the upper edge
    chart = Chart(
        series=[
            Series(
                {"en": "training", "zh": "训练"},
                [min(v, top) if v == v else top for v in train],
            ),
            Series(
                {"en": "validation", "zh": "验证"},
                [min(v, top) if v == v else top for v in val],
            ),
        ],
        title={"en": "Loss by epoch", "zh": "各轮次的损失"},
        x_label={"en": "epoch", "zh": "轮次"},
        y_label={"en": "loss", "zh": "损失"},
        y_limits=(0.0, top if max(*train, *val) > START else START),
    )
    best = min(range(epochs), key=lambda k: val[k])
    said = SAID[diagnose(train, val, START)]
    note = {
        "en": f"{said['en']} Last: training {train[-1]:.3f}, validation {val[-1]:.3f}."
        f" Best validation: {val[best]:.3f} in epoch {best}.",
        "zh": f"{said['zh']}最后：训练 {train[-1]:.3f}，验证 {val[-1]:.3f}。"
        f"验证损失最低：{val[best]:.3f}，在第 {best} 轮次。",
    }
    return [chart, Note(note)]
