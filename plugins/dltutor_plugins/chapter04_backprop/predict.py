"""What a trained network says of two numbers, or a trained line of one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from torch import nn

from dltutor.errors import DataError
from dltutor.events import Prediction
from dltutor.i18n import local
from dltutor_plugins.chapter04_backprop import network
from dltutor_plugins.chapter04_backprop.data import read_columns
from dltutor_plugins.chapter04_backprop.model import Line, create
from dltutor_plugins.chapter04_backprop.report import (
    probabilities,
    theta_of,
)

if TYPE_CHECKING:
    from dltutor.events import Trained

Table = list[list[float]]


def predict(
    trained: Trained, inputs: Sequence[str | Path]
) -> Iterator[Prediction]:
    """Numbers such as ``0,1`` (XOR) or ``2.5`` (line), or CSV files of them.

    Of many networks the one that is nearest to XOR answers.
    Raises DataError for what is neither.
    """
    model = create(trained.config)
    if trained.device.type == "mps":
        model = model.float()  # Metal has no float64
    trained.load(model)
    one = isinstance(model, Line)
    for text in map(str, inputs):
        table = list(rows(text, ("x",) if one else ("a", "b")))
        said = line_says(model, table) if one else best_says(model, table)
        for row, value in zip(table, said, strict=True):
            shown = ", ".join(f"{number:g}" for number in row)
            if one:
                yield Prediction(shown, f"{value:.6g}")
            else:
                yield verdict(shown, value)


def line_says(model: nn.Module, table: Table) -> list[float]:
    """The line's y at each x."""
    assert isinstance(model, Line)
    bias, slope = theta_of(model)
    return [float(bias + slope * x) for (x,) in table]


def best_says(model: nn.Module, table: Table) -> list[float]:
    """Probabilities of a 1, by the network that is nearest to XOR."""
    far = np.abs(probabilities(model, network.X) - network.Y)
    chosen = int(far.max(axis=(1, 2)).argmin())
    p = probabilities(model, np.array(table))  # (S, B, 1)
    return [float(q) for q in p[chosen, :, 0]]


def verdict(shown: str, p: float) -> Prediction:
    """The likelier of 0 and 1 first."""
    pairs = sorted([("1", p), ("0", 1 - p)], key=lambda pair: -pair[1])
    return Prediction(shown, pairs[0][0], tuple(pairs))


def rows(text: str, names: tuple[str, ...]) -> Iterator[list[float]]:
    """The numbers in ``text``, or in the columns of the file it names."""
    cells = text.replace(",", " ").split()
    try:
        values = [float(cell) for cell in cells]
    except ValueError:
        values = []
    if len(values) == len(names) and all(map(math.isfinite, values)):
        yield values
    elif Path(text).exists():
        columns = read_columns(Path(text), names)
        yield from map(list, zip(*columns.values(), strict=True))
    else:
        two = len(names) == 2
        n, example = ("two numbers", "0,1") if two else ("a number", "2.5")
        what = {
            "en": f"{text!r} is neither {n} nor a file",
            "zh": f"{text!r} 既不是{'两个' if two else '一个'}数，也不是文件",
        }
        hint = {
            "en": f"write {example}, or name a CSV file with {', '.join(names)}",
            "zh": f"写成 {example}，或给出含有列 {', '.join(names)} 的 CSV 文件",
        }
        raise DataError(local(what), local(hint))
