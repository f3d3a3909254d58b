"""What the end of a run compares: three networks' costs, and shifted test pictures."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from statistics import median
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from dltutor.views import Chart, Series, Table
from dltutor_plugins.chapter05_cnn.model import (
    CNN,
    count_parameters,
    dense,
    multiply_adds,
)

if TYPE_CHECKING:
    from dltutor.training.run import Run

BATCH = 128
ROUNDS = 9
SHIFTS = range(7)


def networks(classes: int = 10) -> dict[str, nn.Module]:
    """The three that are compared, untrained."""
    return {
        "dense 784-312-256-10": dense(classes),
        "plain": CNN("plain", classes=classes),
        "separable": CNN("separable", classes=classes),
    }


def side_by_side(run: Run, classes: int) -> Table:
    """Parameters, multiplications and measured steps of three networks."""
    found = networks(classes)
    example = torch.zeros(1, 1, 28, 28)
    costs = [
        (count_parameters(m), multiply_adds(m, example))
        for m in found.values()
    ]
    order = torch.channels_last  # as run.setup keeps convolutions
    models = [
        m.to(run.device).to(memory_format=order) for m in found.values()
    ]
    rates = throughput(models, run.device, run.fabric.autocast)
    rows = [
        (name, f"{parameters:,}", f"{products:,}", f"{rate:,.0f}")
        for name, (parameters, products), rate in zip(
            found, costs, rates, strict=True
        )
    ]
    return Table(
        title={
            "en": f"Side by side (batches of {BATCH}, {run.precision})",
            "zh": f"并排比较（每批 {BATCH} 张，{run.precision}）",
        },
        columns=(
            {"en": "network", "zh": "网络"},
            {"en": "parameters", "zh": "参数"},
            {"en": "products a picture", "zh": "每张图片的乘法"},
            {"en": "pictures/s in training", "zh": "训练时每秒图片数"},
        ),
        rows=rows,
    )


def throughput(
    models: list[nn.Module],
    device: torch.device,
    autocast: Callable[[], AbstractContextManager[object]],
) -> list[float]:
    """Pictures a second of each model's training steps.

    The models take turns, so that a busy machine slows all of them alike,
    and the median of the rounds counts.
    """
    loops = [steps(model, device, autocast) for model in models]
    for loop in loops * 2:  # the first steps prepare kernels and memory
        next(loop)
    times: list[list[float]] = [[] for _ in loops]
    for _ in range(ROUNDS):
        for loop, spent in zip(loops, times, strict=True):
            spent.append(next(loop))
    return [BATCH / median(spent) for spent in times]


def steps(
    model: nn.Module,
    device: torch.device,
    autocast: Callable[[], AbstractContextManager[object]],
) -> Iterator[float]:
    """Training steps on noise, for ever; yields the seconds of each."""
    x = torch.rand(BATCH, 1, 28, 28, device=device)
    y = torch.zeros(BATCH, dtype=torch.long, device=device)
    optimiser = torch.optim.AdamW(model.parameters(), fused=True)
    while True:
        start = time.perf_counter()
        with autocast():
            logits = model(x)
        loss = F.cross_entropy(logits.float(), y)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        loss.item()  # waits for a GPU
        yield time.perf_counter() - start


def accuracy_when_shifted(
    accuracy: Callable[[Tensor], float], x: Tensor
) -> Chart:
    """Accuracy on pictures (N, 1, 28, 28) moved right by 0 to 6 pixels."""
    padded = F.pad(x, (SHIFTS[-1], 0))
    moved = [
        padded[..., SHIFTS[-1] - right :][..., :28] for right in SHIFTS
    ]
    return Chart(
        series=[
            Series(
                {"en": "accuracy", "zh": "准确率"},
                [accuracy(pictures) for pictures in moved],
                [float(right) for right in SHIFTS],
            )
        ],
        title={
            "en": "Test pictures moved to the right",
            "zh": "测试图片向右平移",
        },
        x_label={"en": "pixels", "zh": "像素"},
        y_label={"en": "test accuracy", "zh": "测试准确率"},
    )
