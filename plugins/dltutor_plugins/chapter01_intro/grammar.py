"""A small language for tensors: numbers, names, operators, some functions.

The text is parsed, never executed. ``ast.parse`` only builds a tree; the
evaluator below knows a few kinds of nodes and refuses every other one, so
what is not written here can not happen. Limits keep each text cheap.
"""

from __future__ import annotations

import ast
import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from dltutor_plugins.chapter01_intro.allowed import (
    DEEPEST,
    FUNCTIONS,
    LONGEST_TEXT,
    MOST_NODES,
    OPERATORS,
    Value,
    as_tensor,
    brief,
    check_count,
    check_exponent,
    check_size,
    checked,
    checked_number,
    refuse,
    refuse_depth,
    refuse_node,
    refuse_torch,
)

TORCH_ERRORS = (
    RuntimeError,
    ArithmeticError,
    TypeError,
    ValueError,
    IndexError,
)
"""what an operation of torch says of values that do not fit"""


class Step(NamedTuple):
    """One operation on the way to the result."""

    text: str
    value: Tensor


def evaluate(
    text: str, names: Mapping[str, Tensor]
) -> tuple[Tensor, list[Step]]:
    """The value of an expression, and every operation on the way to it.

    ``names`` are the tensors that it may mention. UsageError says in one
    line what is not allowed, and what is.
    """
    walk = Evaluator(names)
    return as_tensor(walk.value(parse(text), 0)), walk.steps


def parse(text: str) -> ast.expr:
    """The syntax tree of an expression, within the limits."""
    if len(text) > LONGEST_TEXT:
        refuse(
            f"an expression of {len(text):,} characters",
            f"{len(text):,} 个字符的表达式",
            f"at most {LONGEST_TEXT}",
            f"最多 {LONGEST_TEXT} 个字符",
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about odd, valid syntax
            tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        refuse(
            f"{brief(text)!r} is no expression",
            f"{brief(text)!r} 不是表达式",
        )
    nodes = sum(1 for _ in ast.walk(tree))
    if nodes > MOST_NODES:
        refuse(
            f"an expression of {nodes} parts",
            f"由 {nodes} 个部分组成的表达式",
            f"at most {MOST_NODES}",
            f"最多 {MOST_NODES} 个部分",
        )
    return tree


class Evaluator:
    """Walks a syntax tree; ``steps`` grows with each operation."""

    def __init__(self, names: Mapping[str, Tensor]) -> None:
        self.names = names
        self.steps: list[Step] = []

    def value(self, node: ast.expr, depth: int) -> Value:
        """What a node is worth; each kind not named here is refused."""
        if depth > DEEPEST:
            refuse_depth()
        inner = depth + 1
        match node:
            case ast.Constant(value=int() | float() as number):
                return checked_number(number, node)
            case ast.Name(id=name):
                return self.name(name)
            case ast.List() | ast.Tuple():
                return checked(
                    literal(self.entries(node, inner), node), node
                )
            case ast.UnaryOp() | ast.BinOp() | ast.Compare():
                return self.operator(node, inner)
            case ast.Subscript(value=owner, slice=index):
                tensor = as_tensor(self.value(owner, inner))
                place = self.place(index, inner)
                return self.step(node, lambda: tensor[place])
            case ast.Attribute(value=owner, attr="T"):
                tensor = as_tensor(self.value(owner, inner))
                return self.step(node, torch.t, tensor)
            case ast.Call():
                return self.call(node, inner)
        refuse_node(node)

    def operator(self, node: ast.expr, depth: int) -> Value:
        """An operator of the table, with one value or with two."""
        match node:
            case ast.UnaryOp(op=op, operand=right) if type(op) in OPERATORS:
                return self.operate(node, op, self.value(right, depth))
            case ast.BinOp(left=a, op=op, right=b) if type(op) in OPERATORS:
                left, right_value = (
                    self.value(a, depth),
                    self.value(b, depth),
                )
                if isinstance(op, ast.Pow):
                    check_exponent(right_value, b)
                return self.operate(node, op, left, right_value)
            case ast.Compare(left=a, ops=[op], comparators=[b]) if (
                type(op) in OPERATORS
            ):
                left, right_value = (
                    self.value(a, depth),
                    self.value(b, depth),
                )
                return self.operate(node, op, as_tensor(left), right_value)
        refuse_node(node)

    def name(self, name: str) -> Value:
        if name in self.names:
            return self.names[name]
        if name == "pi":
            return math.pi
        known = ", ".join((*self.names, "pi"))
        refuse(
            f"there is no name {brief(name)!r}",
            f"没有名为 {brief(name)!r} 的量",
            f"names: {known}; functions: {', '.join(sorted(FUNCTIONS))}",
            f"可用的名字：{known}；函数：{'、'.join(sorted(FUNCTIONS))}",
        )

    def entries(
        self, node: ast.List | ast.Tuple, depth: int
    ) -> list[Value]:
        return [self.value(entry, depth) for entry in node.elts]

    def operate(self, node: ast.expr, op: ast.AST, *values: Value) -> Value:
        """An operator between numbers, or with a tensor among its values."""
        run = OPERATORS[type(op)]
        if any(isinstance(value, Tensor) for value in values):
            return self.step(node, run, *values)
        try:
            return checked_number(run(*values), node)
        except (ArithmeticError, TypeError) as error:
            refuse_torch(node, error)

    def call(self, node: ast.Call, depth: int) -> Value:
        """``exp(x)``, ``torch.exp(x)`` and ``x.exp()`` are all one."""
        given: list[Value] = []
        match node.func:
            case ast.Name(id=name):
                pass
            case ast.Attribute(value=ast.Name(id="torch" | "F"), attr=name):
                pass
            case ast.Attribute(value=owner, attr=name) if name in FUNCTIONS:
                given.append(self.value(owner, depth))
            case _:
                refuse_node(node.func)
        if name not in FUNCTIONS:
            refuse_node(node.func)
        for argument in node.args:
            shape = name in ("reshape", "zeros", "ones") and isinstance(
                argument, ast.Tuple | ast.List
            )
            if shape:
                assert isinstance(argument, ast.Tuple | ast.List)
                given.extend(self.entries(argument, depth))
            else:
                given.append(self.value(argument, depth))
        for keyword in node.keywords:
            if keyword.arg != "dim":
                refuse(
                    f"{name}: the argument {keyword.arg or '**'}",
                    f"{name}：参数 {keyword.arg or '**'}",
                    "by name there is only dim",
                    "可以按名字给出的只有 dim",
                )
            given.append(self.value(keyword.value, depth))
        return self.apply(node, name, given)

    def apply(self, node: ast.expr, name: str, given: list[Value]) -> Value:
        function = FUNCTIONS[name]
        n = function.tensors
        tensors = [as_tensor(value) for value in given[:n]]
        numbers = given[n:]
        if len(tensors) < n or not (
            function.fewest <= len(numbers) <= function.most
        ):
            few, most = n + function.fewest, n + function.most
            count = f"{few}" if few == most else f"{few} ... {most}"
            refuse(
                f"{name} with {len(given)} arguments",
                f"{name} 有 {len(given)} 个参数",
                f"it takes {count}",
                f"应有 {count} 个",
            )
        if any(isinstance(number, Tensor) for number in numbers):
            refuse(
                f"{name}: a tensor where a number is expected",
                f"{name}：应为数的地方是张量",
                "write the number itself",
                "直接写数",
            )
        if n == 0:
            check_size(name, [float(number) for number in numbers], node)
        if n == 3:  # of three, the product could be too large to compute
            try:
                shapes = [tensor.shape for tensor in tensors]
                shape = torch.broadcast_shapes(*shapes)  # type: ignore[no-untyped-call]
            except RuntimeError as error:
                refuse_torch(node, error)
            check_count(math.prod(shape), node)
        return self.step(node, function.run, *tensors, *numbers)

    def step(
        self, node: ast.expr, run: Callable[..., Value], *values: Value
    ) -> Tensor:
        """Runs one operation of torch, and keeps what it gave."""
        try:
            result = checked(as_tensor(run(*values)), node)
        except TORCH_ERRORS as error:
            refuse_torch(node, error)
        self.steps.append(Step(brief(ast.unparse(node)), result))
        return result

    def place(self, node: ast.expr, depth: int) -> Any:
        """An index: whole numbers, slices, None, or several of them."""
        if isinstance(node, ast.Tuple):
            return tuple(
                self.one_place(entry, depth) for entry in node.elts
            )
        return self.one_place(node, depth)

    def one_place(self, node: ast.expr, depth: int) -> object:
        match node:
            case ast.Constant(value=None):
                return None
            case ast.Slice(lower=low, upper=high, step=step):
                ends = (low, high, step)
                return slice(
                    *(end and self.whole(end, depth) for end in ends)
                )
        return self.whole(node, depth)

    def whole(self, node: ast.expr, depth: int) -> int:
        value = self.value(node, depth)
        if not isinstance(value, int):
            refuse(
                f"the index {brief(ast.unparse(node))}",
                f"索引 {brief(ast.unparse(node))}",
                "whole numbers, slices such as 0:2, and None",
                "可用整数、0:2 这样的切片和 None",
            )
        return value


def literal(entries: Sequence[Value], node: ast.expr) -> Tensor:
    """``[1, 2]`` or ``[[1, 2], [3, 4]]``: rows of numbers of one length."""
    rows = [entry for entry in entries if isinstance(entry, Tensor)]
    try:
        if not rows:
            return torch.tensor(entries)
        if len(rows) == len(entries) and not any(
            row.requires_grad for row in rows
        ):
            dtype = torch.float32
            if not any(row.is_floating_point() for row in rows):
                dtype = rows[0].dtype
            return torch.stack([row.to(dtype) for row in rows])
    except RuntimeError as error:
        refuse_torch(node, error)
    refuse(
        f"the list {brief(ast.unparse(node))}",
        f"列表 {brief(ast.unparse(node))}",
        "numbers, or rows of as many numbers each",
        "写一列数，或者长度相同的几行数",
    )
