"""What TorchDynamo captures: graphs, breaks between them, recompilations."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Annotated, Any, Literal, NamedTuple

import torch
from torch import Tensor, fx

from dltutor.chapter import Param
from dltutor.views import Note, Table, View

Program = Callable[[Tensor], Tensor]


class Recorder:
    """A backend for torch.compile that compiles nothing and keeps graphs.

    TorchDynamo calls it once for each graph that it captured. What it
    returns is what runs instead of the captured piece of Python.
    """

    def __init__(self) -> None:
        self.graphs: list[list[str]] = []

    def __call__(
        self, graph: fx.GraphModule, _: list[Any]
    ) -> Callable[..., Any]:
        calls = [n for n in graph.graph.nodes if n.op.startswith("call")]
        self.graphs.append([name_of(node) for node in calls])
        return graph.forward


def name_of(node: fx.Node) -> str:
    """The operation of a node: ``sin``, ``mul``."""
    return str(getattr(node.target, "__name__", node.target))


def straight(x: Tensor) -> Tensor:
    """Only tensors: one graph."""
    y = x.sin()
    return (y * y).sum()


def branch(x: Tensor) -> Tensor:
    """Python must know a value before it can go on: two graphs."""
    y = x.sin()
    if y.sum() > 0:
        y = -y
    return (y * y).sum()


def where(x: Tensor) -> Tensor:
    """The same choice as a tensor operation: one graph."""
    y = x.sin()
    y = torch.where(y.sum() > 0, -y, y)
    return (y * y).sum()


def loop(x: Tensor) -> Tensor:
    """A Python loop is unrolled: one operation an element."""
    total = x[0].sin()
    for i in range(1, len(x)):
        total = total * 0.5 + x[i].sin()
    return total


PROGRAMS: dict[str, Program] = {
    "straight": straight,
    "branch": branch,
    "where": where,
    "loop": loop,
}
LENGTHS = (4, 6, 9)
"""the lengths of x in the calls, one after the other"""


class Call(NamedTuple):
    """One call of a compiled program."""

    length: int
    graphs: list[list[str]]
    """those captured anew in this call"""
    same: bool
    """whether the result is the eager one"""


@lru_cache(maxsize=32)
def capture(program: str, dynamic: bool) -> tuple[Call, ...]:
    """Calls a program once for each length; says what was captured when."""
    torch.compiler.reset()  # forgets what earlier calls compiled
    recorder, function = Recorder(), PROGRAMS[program]
    compiled = torch.compile(
        function,
        backend=recorder,
        dynamic=dynamic or None,  # None: once a shape has changed
    )
    calls = []
    for length in LENGTHS:
        x, known = torch.linspace(0.1, 1, length), len(recorder.graphs)
        same = torch.equal(compiled(x), function(x))
        calls.append(Call(length, recorder.graphs[known:], same))
    return tuple(calls)


def graphs(
    program: Annotated[
        Literal["straight", "branch", "where", "loop"],
        Param("which function", zh="哪个函数"),
    ] = "branch",
    dynamic: Annotated[
        bool,
        Param(
            "expect from the start that shapes change",
            zh="一开始就当作形状会变",
        ),
    ] = False,
) -> list[View]:
    """For each call the graphs that were captured, and what is in them."""
    calls = capture(program, dynamic)
    table = Table(
        title={"en": f"Calls of {program}", "zh": f"对 {program} 的调用"},
        columns=(
            {"en": "call", "zh": "调用"},
            {"en": "shape", "zh": "形状"},
            {"en": "new graphs", "zh": "新图"},
            {"en": "operations in them", "zh": "其中的运算"},
        ),
        rows=[
            (
                i,
                f"({call.length},)",
                len(call.graphs),
                " | ".join(map(listed, call.graphs)) or "–",
            )
            for i, call in enumerate(calls, 1)
        ],
    )
    breaks = len(calls[0].graphs) - 1
    again = sum(len(call.graphs) for call in calls[1:])
    return [
        table,
        Note(
            {
                "en": f"Graph breaks: {breaks}. Captured again after the "
                f"first call: {again}. Results equal to the eager ones: "
                f"{sum(call.same for call in calls)} of {len(calls)}.",
                "zh": f"图中断：{breaks} 处。第一次调用之后又捕获："
                f"{again} 个图。与即时执行结果相等的调用："
                f"{len(calls)} 次中有 {sum(call.same for call in calls)} 次。",
            }
        ),
    ]


def listed(names: list[str]) -> str:
    """The operations of a graph; a long row is cut."""
    text = " ".join(names[:6])
    return f"{text} … ({len(names)})" if len(names) > 6 else text
