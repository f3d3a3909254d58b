"""What the end of a run of chapter 4 shows and reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from dltutor.chapter import pick
from dltutor.events import Event, Say, Show
from dltutor.measure import interval
from dltutor.views import Heatmap, Table
from dltutor_plugins.chapter04_backprop import line, network
from dltutor_plugins.chapter04_backprop.boundary import heatmap, square
from dltutor_plugins.chapter04_backprop.fit import points_and_line
from dltutor_plugins.chapter04_backprop.model import Line

Array = NDArray[np.float64]


def metrics(model: nn.Module, x: Array, y: Array) -> Mapping[str, float]:
    """XOR: the interval of the share. Line: how far from the formula's."""
    if isinstance(model, Line):
        theta, best = theta_of(model), line.normal_equation(x, y)
        r = line.residual(theta, x, y)
        return {
            "bias": float(theta[0]),
            "slope": float(theta[1]),
            "distance": float(np.linalg.norm(theta - best)),
            "residual_norm": line.norms(r)[1],
            "baseline_residual_norm": line.norms(y - y.mean())[1],
        }
    ok = network.learnt(probabilities(model, x))
    low, high = interval(int(ok.sum()), len(ok))
    return {"share_low": low, "share_high": high}


def show(
    model: nn.Module, x: Array, y: Array, seed: int, lang: str
) -> Iterator[Event]:
    """The views and the sentence at the end of a run."""
    if isinstance(model, Line):
        yield from show_line(theta_of(model), x, y, lang)
    else:
        yield from show_xor(model, x, seed, lang)


def show_xor(
    model: nn.Module, x: Array, seed: int, lang: str
) -> Iterator[Event]:
    """How many networks learnt XOR, and what one of them says."""
    p = probabilities(model, x)  # (S, 4, 1)
    ok = network.learnt(p)
    chosen = int(np.abs(p - network.Y).max(axis=(1, 2)).argmin())
    yield Show("boundary", boundary_of(model, chosen))
    yield Show("answers", answers(p[chosen, :, 0], seed + chosen))
    low, high = interval(int(ok.sum()), len(ok))
    failed = [str(seed + k) for k in np.flatnonzero(~ok)]
    names = ", ".join(failed[:10]) + (" ..." if failed[10:] else "")
    text = {
        "en": f"{ok.sum():,} of {len(ok):,} networks learnt XOR,"
        f" 95 % interval {low:.3f} to {high:.3f}"
        + (f"; not the seeds {names}" if failed else ""),
        "zh": f"{len(ok):,} 个网络中有 {ok.sum():,} 个学会了异或，"
        f"95% 置信区间 {low:.3f} 到 {high:.3f}"
        + (f"；没学会的随机种子：{names}" if failed else ""),
    }
    yield Say(pick(text, lang))


def show_line(
    theta: Array, x: Array, y: Array, lang: str
) -> Iterator[Event]:
    """The points with the line, and both solutions side by side."""
    best = line.normal_equation(x, y)
    yield Show("line", points_and_line(theta, x, y))
    yield Show(
        "solutions",
        Table(
            columns=(
                "",
                {"en": "bias", "zh": "偏置"},
                {"en": "slope", "zh": "斜率"},
                {"en": "loss", "zh": "损失"},
            ),
            rows=[
                (
                    pick({"en": "descent", "zh": "梯度下降"}, lang),
                    *map(float, theta),
                    line.loss(theta, x, y),
                ),
                (
                    pick({"en": "normal equation", "zh": "正规方程"}, lang),
                    *map(float, best),
                    line.loss(best, x, y),
                ),
            ],
        ),
    )
    apart = float(np.linalg.norm(theta - best))
    sign = "-" if theta[1] < 0 else "+"
    formula = f"y = {theta[0]:.4f} {sign} {abs(theta[1]):.4f} x"
    text = {
        "en": f"{formula}, {apart:.2g} from the normal equation's solution",
        "zh": f"{formula}，与正规方程的解相距 {apart:.2g}",
    }
    yield Say(pick(text, lang))


def answers(p: Array, seed: int) -> Table:
    """The four rows of XOR with what a network says of them."""
    rows = [
        (int(a), int(b), int(want), round(float(said), 4))
        for (a, b), (want,), said in zip(
            network.X, network.Y, p, strict=True
        )
    ]
    return Table(
        title={
            "en": f"The network of seed {seed}",
            "zh": f"随机种子 {seed} 的网络",
        },
        columns=(
            "a",
            "b",
            {"en": "a xor b", "zh": "a 异或 b"},
            {"en": "probability of 1", "zh": "答 1 的概率"},
        ),
        rows=rows,
    )


def boundary_of(model: nn.Module, chosen: int) -> Heatmap:
    """What network number ``chosen`` says all over the square."""
    p = probabilities(model, square().reshape(-1, 2))
    return heatmap(p[chosen, :, 0].reshape(square().shape[:2]))


@torch.no_grad()
def probabilities(model: nn.Module, x: Array) -> Array:
    """Of a 1, for each network and input: (B, 2) to (S, B, 1)."""
    parameter = next(model.parameters())
    z = model(torch.from_numpy(x).to(parameter))
    p: Array = torch.sigmoid(z).double().cpu().numpy()
    return p


def theta_of(model: Line) -> Array:
    """Bias and slope (2,)."""
    theta: Array = model.theta.detach().double().cpu().numpy()
    return theta
