"""A gated unit with a single number of memory, step by step."""

from __future__ import annotations

from typing import Annotated

import torch

from dltutor.chapter import Param
from dltutor.errors import UsageError
from dltutor.i18n import local
from dltutor.views import Chart, Series, Table, View
from dltutor_plugins.chapter09_gru.gru import Gates, GRUCell, unroll

MOST = 30
"""steps that a table may have"""


def unit(write: float, keep: float, reset: float) -> GRUCell:
    """One unit that writes 3 x into its memory when x is not 0.

    Its input is (x, |x|): the size of x makes the update gate fall, and
    the unit writes; otherwise it keeps (at ``keep``, before the sigmoid).
    """
    cell = GRUCell(2, 1)
    with torch.no_grad():
        # rows: reset, update, candidate; columns: x, |x|
        cell.weight_ih.copy_(
            torch.tensor([[0.0, 0.0], [0.0, -write], [3.0, 0.0]])
        )
        cell.weight_hh.copy_(torch.tensor([[0.0], [0.0], [1.0]]))
        cell.bias_ih.copy_(torch.tensor([reset, keep, 0.0]))
        cell.bias_hh.zero_()
    return cell


@torch.no_grad()
def run(cell: GRUCell, numbers: list[float]) -> list[Gates]:
    """The gates and states over a row of inputs."""
    x = torch.tensor(numbers, dtype=torch.float32)
    return unroll(cell, torch.stack([x, x.abs()], dim=1)[None])


def show(
    numbers: Annotated[
        str, Param("what comes in, step by step", zh="每一步的输入")
    ] = "0 1 0 0 0 0 -1 0 0 0",
    keep: Annotated[
        float,
        Param(
            "bias of the update gate: how well it keeps",
            zh="更新门的偏置，越大记得越牢",
            low=-4,
            high=8,
            step=1,
        ),
    ] = 4.0,
    write: Annotated[
        float,
        Param(
            "how strongly an input of 1 makes it write",
            zh="输入为 1 时写入的力度",
            low=0,
            high=16,
            step=1,
        ),
    ] = 8.0,
    reset: Annotated[
        float,
        Param(
            "bias of the reset gate",
            zh="重置门的偏置",
            low=-8,
            high=8,
            step=1,
        ),
    ] = 0.0,
) -> list[View]:
    """Input, update gate and state as curves and as a table."""
    values = parsed(numbers)
    steps = run(unit(write, keep, reset), values)
    rows = [
        (t, x, *(round(float(part), 3) for part in step))
        for t, (x, step) in enumerate(zip(values, steps, strict=True), 1)
    ]
    at = [float(row[0]) for row in rows]
    curves = Chart(
        series=[
            Series({"en": "input x", "zh": "输入 x"}, values, at),
            Series(
                {"en": "update z", "zh": "更新门 z"},
                [float(row[3]) for row in rows],
                at,
            ),
            Series(
                {"en": "state h", "zh": "状态 h"},
                [float(row[5]) for row in rows],
                at,
            ),
        ],
        x_label={"en": "step", "zh": "步"},
    )
    table = Table(
        columns=(
            {"en": "step", "zh": "步"},
            "x",
            {"en": "reset r", "zh": "重置 r"},
            {"en": "update z", "zh": "更新 z"},
            {"en": "candidate n", "zh": "候选 n"},
            {"en": "state h", "zh": "状态 h"},
        ),
        rows=rows,
    )
    return [curves, table]


def parsed(text: str) -> list[float]:
    """``"0 1 -0.5"`` as numbers; UsageError says what would be right."""
    try:
        values = [float(part) for part in text.split()]
    except ValueError:
        values = []
    if not 1 <= len(values) <= MOST or not all(
        abs(v) <= 100 for v in values
    ):
        raise UsageError(
            local(
                {
                    "en": f"numbers={text!r}: 1 to {MOST} numbers from -100"
                    " to 100, with spaces between, are needed",
                    "zh": f"numbers={text!r}：需要 1 到 {MOST} 个 -100 到 100"
                    " 的数，用空格隔开",
                }
            ),
            "numbers='0 1 0 -1'",
        )
    return values
