"""Three logits to move, and the probabilities and the loss that they make. Needs no torch."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log
from typing import Annotated

from dltutor.chapter import Param
from dltutor.views import Chart, Note, Series, Table, View


def softmax(z: Sequence[float]) -> list[float]:
    """Logits as probabilities: exp(z_k) / sum(exp(z_j)).

    The largest logit is subtracted first: the quotient stays the same, and
    exp(0) = 1 is the largest number that can come up.
    """
    top = max(z)
    powers = [exp(value - top) for value in z]
    total = sum(powers)
    return [power / total for power in powers]


def cross_entropy(z: Sequence[float], label: int) -> float:
    """-log softmax(z)[label], that is log(sum(exp(z_j))) - z_label."""
    top = max(z)
    return top + log(sum(exp(value - top) for value in z)) - z[label]


def _logit(k: int) -> Param:
    return Param(
        f"logit of class {k}",
        zh=f"类别 {k} 的 logit",
        low=-10,
        high=10,
        step=0.5,
    )


def show(
    a: Annotated[float, _logit(0)] = 2.0,
    b: Annotated[float, _logit(1)] = 1.0,
    c: Annotated[float, _logit(2)] = -1.0,
    label: Annotated[
        int, Param("the right class", zh="正确的类别", low=0, high=2)
    ] = 0,
    twice: Annotated[
        bool,
        Param(
            "softmax before a loss that has its own",
            zh="在损失之前多做一次 softmax",
        ),
    ] = False,
) -> list[View]:
    """Bars of the probabilities, a table of the steps, and the loss."""
    z: list[float] = [a, b, c]
    into_loss = softmax(z) if twice else z
    p = softmax(into_loss)
    loss = cross_entropy(into_loss, label)
    gradient = [q - (k == label) for k, q in enumerate(p)]
    bars = Chart(
        series=[Series({"en": "probability", "zh": "概率"}, p)],
        kind="bar",
        categories=("0", "1", "2"),
        y_limits=(0.0, 1.0),
        title={
            "en": "Probabilities inside the loss",
            "zh": "损失函数内部的概率",
        },
    )
    table = Table(
        columns=(
            {"en": "class", "zh": "类别"},
            {"en": "given to the loss", "zh": "传给损失的值"},
            {"en": "probability p", "zh": "概率 p"},
            {"en": "p - one-hot", "zh": "p - one-hot"},
        ),
        rows=[
            (
                k,
                round(into_loss[k], 3),
                round(p[k], 3),
                round(gradient[k], 3),
            )
            for k in range(3)
        ],
    )
    note = {
        "en": f"Cross-entropy for class {label}: {loss:.3f}. Its gradient is p - one-hot.",
        "zh": f"类别 {label} 的交叉熵：{loss:.3f}。它的梯度是 p - one-hot。",
    }
    if twice:
        note = {
            "en": f"Cross-entropy after softmax twice: {loss:.3f}. With three classes it can not"
            f" fall below {cross_entropy([1, 0, 0], 0):.3f}.",
            "zh": f"做了两次 softmax 之后的交叉熵：{loss:.3f}。三个类别时它不可能低于"
            f" {cross_entropy([1, 0, 0], 0):.3f}。",
        }
    return [bars, table, Note(note)]
