"""What an expression may hold: functions, operators, limits, refusals."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import NamedTuple, NoReturn

import torch
import torch.nn.functional as F
from torch import Tensor

from dltutor.errors import UsageError
from dltutor.i18n import local

LONGEST_TEXT = 200
"""characters of an expression"""
MOST_NODES = 100
DEEPEST = 20
"""operations, calls and brackets inside one another"""
MOST_VALUES = 1_000
"""numbers in any one tensor"""
MOST_AXES = 6
LARGEST_EXPONENT = 32
LARGEST_NUMBER = 1e15

Value = Tensor | int | float
"""what a piece of an expression is worth"""


class Function(NamedTuple):
    """A function that expressions may call: its tensors, then numbers."""

    run: Callable[..., Tensor]
    tensors: int
    fewest: int = 0
    most: int = 0
    """how many numbers may follow the tensors"""


FUNCTIONS: Mapping[str, Function] = {
    **{
        name: Function(getattr(torch, name), 1)
        for name in (
            [
                "abs",
                "exp",
                "log",
                "max",
                "min",
                "relu",
                "sigmoid",
                "sin",
                "cos",
                "sqrt",
                "tanh",
            ]
        )
    },
    "gelu": Function(F.gelu, 1),
    "softplus": Function(F.softplus, 1),
    **{
        name: Function(getattr(torch, name), 1, 0, 1)
        for name in [
            "sum",
            "mean",
            "prod",
            "amax",
            "amin",
            "argmax",
            "squeeze",
        ]
    },
    "softmax": Function(torch.softmax, 1, 1, 1),
    "log_softmax": Function(torch.log_softmax, 1, 1, 1),
    "cumsum": Function(torch.cumsum, 1, 1, 1),
    "clamp": Function(torch.clamp, 1, 1, 2),
    "reshape": Function(lambda x, *shape: x.reshape(shape), 1, 1, 6),
    "unsqueeze": Function(torch.unsqueeze, 1, 1, 1),
    "transpose": Function(torch.transpose, 1, 2, 2),
    "flatten": Function(torch.flatten, 1, 0, 1),
    "t": Function(torch.t, 1),
    "matmul": Function(torch.matmul, 2),
    "maximum": Function(torch.maximum, 2),
    "minimum": Function(torch.minimum, 2),
    "where": Function(torch.where, 3),
    "detach": Function(torch.detach, 1),
    "float": Function(Tensor.float, 1),
    "double": Function(Tensor.double, 1),
    "int": Function(Tensor.int, 1),
    "bool": Function(Tensor.bool, 1),
    "tensor": Function(lambda x: x, 1),
    "zeros": Function(lambda *n: torch.zeros(n), 0, 1, 6),
    "ones": Function(lambda *n: torch.ones(n), 0, 1, 6),
    "eye": Function(torch.eye, 0, 1, 1),
    "arange": Function(torch.arange, 0, 1, 3),
}

OPERATORS: Mapping[type[ast.AST], Callable[..., Value]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.MatMult: operator.matmul,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


def as_tensor(value: Value) -> Tensor:
    return value if isinstance(value, Tensor) else torch.tensor(value)


def checked_number(number: Value, node: ast.expr) -> int | float:
    """A real number of moderate size; a bool is none."""
    if type(number) not in (int, float):
        refuse_node(node)
    assert isinstance(number, int | float)
    if not abs(number) <= LARGEST_NUMBER:
        refuse(
            f"{brief(ast.unparse(node))} is too large",
            f"{brief(ast.unparse(node))} 太大",
            f"numbers up to {LARGEST_NUMBER:g}",
            f"数最大为 {LARGEST_NUMBER:g}",
        )
    return number


def check_exponent(value: Value, node: ast.expr) -> None:
    numbers = as_tensor(value).detach()
    if numbers.numel() and not numbers.abs().max() <= LARGEST_EXPONENT:
        refuse(
            f"the exponent {brief(ast.unparse(node))}",
            f"指数 {brief(ast.unparse(node))}",
            f"-{LARGEST_EXPONENT} to {LARGEST_EXPONENT}",
            f"范围是 -{LARGEST_EXPONENT} 到 {LARGEST_EXPONENT}",
        )


def check_size(name: str, numbers: list[float], node: ast.expr) -> None:
    """Refuses a tensor that would be too large before it is made."""
    if name == "arange":
        low, high, step = (0.0, numbers[0], 1.0)
        if len(numbers) > 1:
            low, high, step = (*numbers, 1.0)[:3]
        check_count(abs(high - low) / abs(step) if step else 0, node)
    elif name == "eye":
        check_count(numbers[0] ** 2, node)
    else:
        check_count(abs(math.prod(numbers)), node)
        check_count(max(map(abs, numbers)), node)


def check_count(count: float, node: ast.expr) -> None:
    if count > MOST_VALUES:
        refuse(
            f"{brief(ast.unparse(node))}: {count:,.0f} values",
            f"{brief(ast.unparse(node))}：{count:,.0f} 个值",
            f"a tensor holds at most {MOST_VALUES:,} here",
            f"这里一个张量最多有 {MOST_VALUES:,} 个值",
        )


def checked(tensor: Tensor, node: ast.expr) -> Tensor:
    check_count(tensor.numel(), node)
    if tensor.dim() > MOST_AXES:
        refuse(
            f"{brief(ast.unparse(node))}: {tensor.dim()} axes",
            f"{brief(ast.unparse(node))}：{tensor.dim()} 个轴",
            f"at most {MOST_AXES}",
            f"最多 {MOST_AXES} 个",
        )
    return tensor


def brief(text: str, most: int = 40) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1] + "…"


def refuse_depth() -> NoReturn:
    refuse(
        f"operations nested deeper than {DEEPEST}",
        f"运算嵌套超过 {DEEPEST} 层",
        "split the expression",
        "把表达式拆开",
    )


def refuse_node(node: ast.AST) -> NoReturn:
    """Says which piece is not allowed, and all that is."""
    piece = brief(ast.unparse(node)) or type(node).__name__
    refuse(f"{piece} is not allowed", f"不允许 {piece}")


def refuse_torch(node: ast.expr, error: Exception) -> NoReturn:
    """What torch says, behind the piece that it says it of."""
    said = (str(error) or type(error).__name__).splitlines()[0]
    piece = brief(ast.unparse(node))
    refuse(
        f"{piece}: {brief(said, 120)}",
        f"{piece}：{brief(said, 120)}",
        "look at the shapes and types of its parts",
        "看看各部分的形状和类型",
    )


ALLOWED = (
    "numbers, lists of numbers, x, w, b, + - * / ** @, comparisons, "
    "x[0], x.T and functions such as exp(x), x.sum(0), relu(x)"
)
ALLOWED_ZH = (
    "可以用数、数的列表、x、w、b、+ - * / ** @、比较、x[0]、x.T，"
    "以及 exp(x)、x.sum(0)、relu(x) 等函数"
)


def refuse(
    en: str, zh: str, right: str = ALLOWED, right_zh: str = ALLOWED_ZH
) -> NoReturn:
    raise UsageError(
        local({"en": en, "zh": zh}), local({"en": right, "zh": right_zh})
    )
