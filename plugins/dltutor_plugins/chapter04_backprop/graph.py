"""Automatic differentiation in a few lines, and the graph of e = (a+b)(b+1)."""

from __future__ import annotations

import math
from typing import Annotated

from dltutor.chapter import Param
from dltutor.views import Note, Table, View


class Value:
    """A number that remembers what it was computed from.

    ``slopes`` has the derivative of this number by each of its parents.
    """

    def __init__(
        self,
        data: float,
        parents: tuple[Value, ...] = (),
        slopes: tuple[float, ...] = (),
    ) -> None:
        self.data, self.parents, self.slopes = data, parents, slopes
        self.grad = 0.0

    def __add__(self, other: Value) -> Value:
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other: Value) -> Value:
        slopes = (other.data, self.data)
        return Value(self.data * other.data, (self, other), slopes)

    def tanh(self) -> Value:
        h = math.tanh(self.data)
        return Value(h, (self,), (1 - h * h,))

    def backward(self) -> None:
        """Gives each number below this one its gradient."""
        self.grad = 1.0
        for value in reversed(in_order(self)):
            pairs = zip(value.parents, value.slopes, strict=True)
            for parent, slope in pairs:
                parent.grad += value.grad * slope  # += : paths add up


def in_order(last: Value) -> list[Value]:
    """All numbers that ``last`` is made of, parents before children."""
    order: list[Value] = []
    seen: set[int] = set()

    def visit(value: Value) -> None:
        if id(value) not in seen:
            seen.add(id(value))
            for parent in value.parents:
                visit(parent)
            order.append(value)

    visit(last)
    return order


def example(a: float, b: float) -> dict[str, Value]:
    """e = (a + b)(b + 1), with the gradient of e for each number."""
    v = {"a": Value(a), "b": Value(b), "1": Value(1.0)}
    v["c"] = v["a"] + v["b"]
    v["d"] = v["b"] + v["1"]
    v["e"] = v["c"] * v["d"]
    v["e"].backward()
    return v


def _side(name: str) -> Param:
    return Param(name, zh=name, low=-9, high=9, step=0.5)


def show(
    a: Annotated[float, _side("a")] = 2.0,
    b: Annotated[float, _side("b")] = 1.0,
) -> list[View]:
    """The graph with its numbers, and how each gradient comes about."""
    v = example(a, b)
    value = {name: f"{node.data:.6g}" for name, node in v.items()}
    grad = {name: f"{node.grad:.6g}" for name, node in v.items()}
    steps = Table(
        columns=(
            "",
            {"en": "value", "zh": "数值"},
            {"en": "gradient", "zh": "梯度"},
            {"en": "by the chain rule", "zh": "链式法则"},
        ),
        rows=[
            ("e", v["e"].data, v["e"].grad, "∂e/∂e = 1"),
            (
                "d",
                v["d"].data,
                v["d"].grad,
                f"∂e/∂e · c = 1 · {value['c']}",
            ),
            (
                "c",
                v["c"].data,
                v["c"].grad,
                f"∂e/∂e · d = 1 · {value['d']}",
            ),
            (
                "b",
                v["b"].data,
                v["b"].grad,
                f"∂e/∂c · 1 + ∂e/∂d · 1 = {grad['c']} + {grad['d']}",
            ),
            ("a", v["a"].data, v["a"].grad, f"∂e/∂c · 1 = {grad['c']}"),
        ],
    )
    return [Note(drawing(value, grad)), steps]


def drawing(value: dict[str, str], grad: dict[str, str]) -> str:
    """The graph in box characters: values above, ∂ is the gradient."""

    def box(name: str) -> tuple[str, str]:
        return (
            f"{name} = {value[name]} ".ljust(14, "─"),
            f"∂ = {grad[name]}".ljust(14),
        )

    (a, da), (b, db), (c, dc) = box("a"), box("b"), box("c")
    (d, dd), (e, de) = box("d"), box("e")
    e, de = e.rstrip("─ "), de.rstrip()
    return "\n".join(
        [
            f"{a}──────┐",
            f"{da}      ├─ + ── {c}┐",
            f"              ┌─────┘       {dc}│",
            f"{b}┤                           ├─ × ── {e}",
            f"{db}└─────┐                     │       {de}",
            f"                    ├─ + ── {d}┘",
            f"1 ──────────────────┘       {dd.rstrip()}",
        ]
    )
