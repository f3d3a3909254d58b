"""How much of a gradient is left when it has gone back through many steps."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated

import torch
from torch import nn

from dltutor.chapter import Param
from dltutor.views import Chart, Note, Series, Table, View

WIDTH = 64
BATCH = 64
NAMES = ("tanh", "GRU", "LSTM")


@lru_cache(maxsize=256)
def norms(
    name: str, steps: int, gain: float, bias: float
) -> tuple[float, ...]:
    """The gradient's norm at each step's input, first step first.

    The last state, times random numbers, is the loss. PyTorch's weights;
    a tanh layer's W_hh is orthogonal times ``gain``; ``bias`` is added to
    a GRU's update gate and to an LSTM's forget gate.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        x = torch.randn(BATCH, steps, WIDTH, requires_grad=True)
        loss = (last(name, x, gain, bias) * torch.randn(BATCH, WIDTH)).sum()
    loss.backward()  # type: ignore[no-untyped-call]
    assert x.grad is not None
    return tuple(x.grad.norm(dim=(0, 2)).tolist())


def last(
    name: str, x: torch.Tensor, gain: float, bias: float
) -> torch.Tensor:
    """The state after the last step, (B, WIDTH)."""
    if name == "tanh":
        layer: nn.RNNBase = nn.RNN(WIDTH, WIDTH, batch_first=True)
        nn.init.orthogonal_(parameters(layer)["weight_hh_l0"], gain=gain)
    else:
        kind = nn.GRU if name == "GRU" else nn.LSTM
        layer = kind(WIDTH, WIDTH, batch_first=True)
        with torch.no_grad():
            # rows WIDTH to 2 * WIDTH: a GRU's update, an LSTM's forget gate
            parameters(layer)["bias_ih_l0"][WIDTH : 2 * WIDTH] += bias
    states: torch.Tensor = layer(x)[0]  # (B, T, WIDTH)
    return states[:, -1]


def parameters(layer: nn.Module) -> dict[str, nn.Parameter]:
    """A layer's parameters by name."""
    return dict(layer.named_parameters())


def show(
    steps: Annotated[
        int,
        Param("steps back", zh="往回的步数", low=2, high=120, step=10),
    ] = 60,
    bias: Annotated[
        float,
        Param(
            "added to update and forget gate",
            zh="加在更新门和遗忘门上的偏置",
            low=-2,
            high=6,
            step=1,
        ),
    ] = 0.0,
    gain: Annotated[
        float,
        Param(
            "scale of the tanh layer's recurrent weights",
            zh="tanh 层循环权重的倍数",
            low=0.5,
            high=2,
            step=0.1,
        ),
    ] = 1.0,
) -> list[View]:
    """A curve for each kind of cell, and what one step back multiplies by."""
    found = {name: norms(name, steps, gain, bias) for name in NAMES}
    back = list(range(steps))
    curves = Chart(
        series=[Series(n, v[::-1], back) for n, v in found.items()],
        log_y=True,
        title={
            "en": "The gradient at the input so many steps before the end",
            "zh": "距末尾若干步的输入处的梯度",
        },
        x_label={"en": "steps back", "zh": "往回的步数"},
        y_label={"en": "norm", "zh": "范数"},
    )
    table = Table(
        columns=(
            {"en": "cell", "zh": "单元"},
            {"en": "at the end", "zh": "末尾"},
            {"en": f"{steps - 1} steps back", "zh": f"往回 {steps - 1} 步"},
            {"en": "a step multiplies by", "zh": "每步乘以"},
        ),
        rows=[
            (
                name,
                f"{v[-1]:.3g}",
                f"{v[0]:.3g}",
                f"{(v[0] / v[-1]) ** (1 / (steps - 1)):.3f}",
            )
            for name, v in found.items()
        ],
    )
    note = {
        "en": f"Weights as they are before training, {WIDTH} units. With the"
        f" bias, a gate that receives nothing else stands at"
        f" {sigmoid(bias):.3f}.",
        "zh": f"训练之前的权重，{WIDTH} 个单元。只有这个偏置时，门的值为"
        f" {sigmoid(bias):.3f}。",
    }
    return [curves, table, Note(note)]


def sigmoid(x: float) -> float:
    """1 / (1 + e^-x)"""
    return float(torch.tensor(x).sigmoid())
