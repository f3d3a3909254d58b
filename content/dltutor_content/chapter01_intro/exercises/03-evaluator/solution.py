"""Arithmetic from a text, without running the text."""

import ast
import operator
from collections.abc import Mapping

OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}


def value(node: ast.expr, names: Mapping[str, float]) -> float:
    """What a node is worth; ValueError for all that is not arithmetic."""
    match node:
        case ast.Constant() if type(node.value) in (int, float):
            return node.value
        case ast.Name() if node.id in names:
            return names[node.id]
        case ast.UnaryOp() if type(node.op) in OPERATORS:
            return OPERATORS[type(node.op)](value(node.operand, names))
        case ast.BinOp() if type(node.op) in OPERATORS:
            left, right = value(node.left, names), value(node.right, names)
            return OPERATORS[type(node.op)](left, right)
    raise ValueError(f"{ast.unparse(node)} is not allowed")


def evaluate(text: str, names: Mapping[str, float]) -> float:
    """The value of an expression; ValueError when it is none."""
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except SyntaxError:
        raise ValueError(f"{text!r} is no expression") from None
    return value(tree.body, names)
