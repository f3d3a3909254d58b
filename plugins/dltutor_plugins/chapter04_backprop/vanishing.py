"""How large the gradient still is, many layers below the loss."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from dltutor.chapter import Param
from dltutor.views import Chart, Note, Series, Table, View
from dltutor_plugins.chapter04_backprop.network import ACTIVATIONS

Array = NDArray[np.float64]
WIDTH = 64
BATCH = 128


@lru_cache(maxsize=256)
def norms(activation: str, layers: int, gain: float) -> tuple[float, ...]:
    """The norm of the loss's gradient at each layer's sums, input first.

    Weights (64, 64) are normal with deviation gain/√64, biases zero, the
    128 inputs normal. The gradient that comes in at the top has norm 1.
    """
    generator = np.random.default_rng(0)
    f, slope = ACTIVATIONS[activation]
    h = generator.normal(size=(BATCH, WIDTH))
    top = generator.normal(size=(BATCH, WIDTH))
    kept: list[tuple[Array, Array]] = []
    for _ in range(layers):
        w = generator.normal(size=(WIDTH, WIDTH)) * gain / np.sqrt(WIDTH)
        h = f(h @ w)
        kept.append((w, h))
    dh = top / np.linalg.norm(top)
    found: list[float] = []
    for w, h in reversed(kept):
        dz = dh * slope(h)
        found.append(float(np.linalg.norm(dz)))
        dh = dz @ w.T
    return tuple(reversed(found))


def show(
    layers: Annotated[int, Param("layers", zh="层数", low=2, high=50)] = 20,
    gain: Annotated[
        float,
        Param(
            "spread of the weights, times 1/√width",
            zh="权重的标准差，乘以 1/√宽度",
            low=0.1,
            high=5,
            step=0.1,
        ),
    ] = 1.0,
) -> list[View]:
    """A curve for each activation, and what one layer does to the gradient."""
    found = {name: norms(name, layers, gain) for name in ACTIVATIONS}
    places = list(range(1, layers + 1))
    curves = Chart(
        series=[Series(name, n, places) for name, n in found.items()],
        log_y=True,
        x_label={"en": "layer, from the input", "zh": "层，从输入数起"},
        y_label={"en": "norm of the gradient", "zh": "梯度的范数"},
    )
    table = Table(
        columns=(
            {"en": "activation", "zh": "激活函数"},
            {"en": "first layer", "zh": "第一层"},
            {"en": "last layer", "zh": "最后一层"},
            {"en": "a layer multiplies by", "zh": "每层乘以"},
        ),
        rows=[
            (
                name,
                f"{n[0]:.3g}",
                f"{n[-1]:.3g}",
                f"{(n[0] / n[-1]) ** (1 / (layers - 1)):.3f}",
            )
            for name, n in found.items()
        ],
    )
    note = {
        "en": f"Weights of deviation {gain:g}/√{WIDTH}. A factor below 1 "
        "vanishes with depth, one above 1 explodes.",
        "zh": f"权重的标准差为 {gain:g}/√{WIDTH}。因子小于 1，梯度随深度消失；"
        "大于 1，梯度爆炸。",
    }
    return [curves, table, Note(note)]
