"""Type an expression; see value, shape, type, and gradients."""

from __future__ import annotations

from typing import Annotated

import torch
from torch import Tensor

from dltutor.chapter import Param
from dltutor.errors import UsageError
from dltutor.views import Note, Table, View
from dltutor_plugins.chapter01_intro.grammar import Step, evaluate

MOST_SHOWN = 8
"""values of a tensor that are written out"""


def playground(
    expression: Annotated[
        str,
        Param(
            "what to compute of x, w and b", zh="用 x、w、b 计算的表达式"
        ),
    ] = "(w * x + b).tanh().sum()",
    x: Annotated[str, Param("the tensor x", zh="张量 x")] = "[1.0, 2.0]",
    w: Annotated[str, Param("the tensor w", zh="张量 w")] = "[0.5, -1.0]",
    b: Annotated[str, Param("the tensor b", zh="张量 b")] = "0.1",
) -> list[View]:
    """Every operation with its value, and the gradient at every place."""
    leaves = {
        name: leaf(name, text)
        for name, text in (("x", x), ("w", w), ("b", b))
        if text.strip()
    }
    result, steps = evaluate(expression, leaves)
    names = [*leaves, *(step.text for step in steps)]
    tensors = [*leaves.values(), *(step.value for step in steps)]
    slopes = gradients(result, tensors)
    table = Table(
        title={
            "en": "From the leaves to the result",
            "zh": "从叶子到结果",
        },
        columns=(
            {"en": "what", "zh": "量"},
            {"en": "value", "zh": "值"},
            {"en": "shape", "zh": "形状"},
            {"en": "type", "zh": "类型"},
            {"en": "gradient", "zh": "梯度"},
        ),
        rows=list(map(row, names, tensors, slopes)),
    )
    return [table, Note(meaning(result, steps))]


def leaf(name: str, text: str) -> Tensor:
    """A tensor of one's own; gradients go to those of floats."""
    try:
        value = evaluate(text, {})[0].detach().clone()
    except UsageError as error:
        raise UsageError(f"{name}: {error.message}", error.hint) from None
    return value.requires_grad_(value.is_floating_point())


def gradients(result: Tensor, places: list[Tensor]) -> list[Tensor | None]:
    """How fast the result's sum rises with each value of each tensor.

    None where no gradient flows: whole numbers, or no way to the result.
    """
    tracked = [place for place in places if place.requires_grad]
    if not result.requires_grad or not tracked:
        return [None] * len(places)
    found = iter(
        torch.autograd.grad(result.sum(), tracked, allow_unused=True)
    )
    return [next(found) if p.requires_grad else None for p in places]


def row(
    what: str, value: Tensor, slope: Tensor | None
) -> tuple[str, str, str, str, str]:
    return (
        what,
        written(value),
        str(tuple(value.shape)),
        str(value.dtype).removeprefix("torch."),
        "–" if slope is None else written(slope),
    )


def written(tensor: Tensor) -> str:
    """The first few values, in the order in which they lie in memory."""
    flat = tensor.detach().flatten()
    texts = [
        f"{v:.4g}" if isinstance(v, float) else str(v)
        for v in flat[:MOST_SHOWN].tolist()
    ]
    if tensor.dim() == 0:
        return texts[0]
    more = " …" if flat.numel() > MOST_SHOWN else ""
    return f"[{' '.join(texts)}{more}]"


def meaning(result: Tensor, steps: list[Step]) -> dict[str, str]:
    """What the gradients in the table are gradients of, in a sentence."""
    n = len(steps)
    if not result.requires_grad:
        return {
            "en": f"{n} operations. No gradient: nothing with a gradient "
            "leads to the result, or the result is no float.",
            "zh": f"{n} 次运算。没有梯度：没有带梯度的量通向结果，"
            "或者结果不是浮点数。",
        }
    if result.dim() == 0:
        return {
            "en": f"{n} operations. A gradient says how much the result "
            "rises for each 1 by which a value rises, for small changes.",
            "zh": f"{n} 次运算。梯度说明：值有微小的增加时，结果按多大的"
            "比例增加。",
        }
    return {
        "en": f"{n} operations. The result has {result.numel()} values, so "
        "the gradients are those of their sum.",
        "zh": f"{n} 次运算。结果有 {result.numel()} 个值，因此这里的梯度是"
        "它们之和的梯度。",
    }
