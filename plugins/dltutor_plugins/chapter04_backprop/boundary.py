"""What a network says of every point of the square, while it learns XOR."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from dltutor.chapter import Param
from dltutor.views import Heatmap, Note, Table, View
from dltutor_plugins.chapter04_backprop import network
from dltutor_plugins.chapter04_backprop.network import Weights
from dltutor_plugins.chapter04_backprop.optimisers import BY_HAND

Array = NDArray[np.float64]
STEPS = 600
LOW, HIGH = -0.5, 1.5
"""the sides of the square"""


def show(
    step: Annotated[
        int,
        Param("steps trained", zh="训练步数", low=0, high=STEPS, step=10),
    ] = 100,
    activation: Annotated[
        Literal["sigmoid", "tanh", "relu"],
        Param("hidden units", zh="隐藏单元"),
    ] = "tanh",
    optimiser: Annotated[
        Literal["descent", "momentum", "adam"],
        Param("optimiser", zh="优化器"),
    ] = "momentum",
    lr: Annotated[
        float,
        Param("learning rate", zh="学习率", low=0.01, high=10, log=True),
    ] = 0.2,
    seed: Annotated[
        int, Param("first weights", zh="初始权重", low=0, high=99)
    ] = 0,
) -> list[View]:
    """Shades from 0 to 1 over the square, and the four answers."""
    weights, losses = history(activation, optimiser, lr, seed)
    now = Weights(*(w[step] for w in weights))
    everywhere = network.forward(now, square().reshape(-1, 2), activation)
    p = network.forward(now, network.X, activation).p
    right = int((np.abs(p - network.Y) < 0.1).sum())
    done = bool(network.learnt(p))
    note = {
        "en": f"Step {step}: loss {losses[step]:.4f}, {right} of 4 answers"
        " within 0.1." + (" XOR is learnt." if done else ""),
        "zh": f"第 {step} 步：损失 {losses[step]:.4f}，4 个答案中有 {right} 个"
        "误差小于 0.1。" + ("已学会异或。" if done else ""),
    }
    return [
        heatmap(everywhere.p.reshape(square().shape[:2])),
        corners(p[:, 0]),
        Note(note),
    ]


@lru_cache(maxsize=64)
def history(
    activation: str, optimiser: str, lr: float, seed: int
) -> tuple[Weights, list[float]]:
    """The weights before each step, stacked, and the loss of each."""
    weights = network.create(seed)
    by_hand = BY_HAND[optimiser](lr)
    seen, losses = [], []
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(STEPS + 1):
            values = network.forward(weights, network.X, activation)
            seen.append(Weights(*(w.copy() for w in weights)))
            losses.append(float(network.loss(values, network.Y)))
            gradients = network.backward(
                weights, values, network.X, network.Y, activation
            )
            by_hand.step(weights, gradients)
    return network.stack(seen), losses


def square(rows: int = 24, columns: int = 48) -> Array:
    """Points (rows, columns, 2) of the square, the upper row first."""
    a, b = np.meshgrid(
        np.linspace(LOW, HIGH, columns), np.linspace(HIGH, LOW, rows)
    )
    return np.stack([a, b], axis=-1)


def heatmap(p: Array) -> Heatmap:
    """Probabilities (rows, columns) of a 1, from 0 to 1."""
    return Heatmap(
        values=p.tolist(),
        limits=(0.0, 1.0),
        title={
            "en": "Probability of a 1 where a and b run from -0.5 to 1.5",
            "zh": "a、b 从 -0.5 到 1.5 时答 1 的概率",
        },
        x_label="a",
        y_label={"en": "b, upwards from below", "zh": "b，自下而上"},
    )


def corners(p: Array) -> Table:
    """The four answers, laid out as the corners lie."""
    said = {
        (int(a), int(b)): q for (a, b), q in zip(network.X, p, strict=True)
    }
    return Table(
        columns=("", "a = 0", "a = 1"),
        rows=[
            (f"b = {b}", *(round(float(said[a, b]), 3) for a in (0, 1)))
            for b in (1, 0)
        ],
    )
