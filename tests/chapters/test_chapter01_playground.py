"""Chapter 1's playground: what it computes is torch's, and what it does not know it refuses."""

# ruff: noqa: ARG005 - every entry of SAME takes the same three leaves

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from dltutor import i18n, views
from dltutor.errors import UsageError
from dltutor_plugins.chapter01_intro import allowed
from dltutor_plugins.chapter01_intro.grammar import evaluate
from dltutor_plugins.chapter01_intro.playground import gradients, leaf, playground


def leaves() -> dict[str, Tensor]:
    return {
        "x": torch.tensor([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]], requires_grad=True),
        "w": torch.tensor([1.0, -2.0, 0.5], requires_grad=True),
        "b": torch.tensor(0.3, requires_grad=True),
    }


SAME = {
    "x + w": lambda x, w, b: x + w,
    "x - 2 * w / 3": lambda x, w, b: x - 2 * w / 3,
    "-x ** 2": lambda x, w, b: -(x**2),
    "2 ** -1 * x": lambda x, w, b: 0.5 * x,
    "x @ w + b": lambda x, w, b: x @ w + b,
    "x.T @ x": lambda x, w, b: x.T @ x,
    "(w * x + b).tanh().sum()": lambda x, w, b: (w * x + b).tanh().sum(),
    "torch.exp(x).mean(dim=1)": lambda x, w, b: x.exp().mean(1),
    "softmax(x, 1)[0, 2]": lambda x, w, b: x.softmax(1)[0, 2],
    "x.log_softmax(-1)": lambda x, w, b: x.log_softmax(-1),
    "F.relu(x).sum(0) - gelu(w)": lambda x, w, b: (
        x.relu().sum(0) - torch.nn.functional.gelu(w)
    ),
    "where(x > 0, x, x * 0.1)": lambda x, w, b: torch.where(x > 0, x, x * 0.1),
    "x[:, 1:]": lambda x, w, b: x[:, 1:],
    "x[None, 0, ::2]": lambda x, w, b: x[None, 0, ::2],
    "w.reshape(3, 1) + w": lambda x, w, b: w[:, None] + w,
    "x.reshape((3, 2))": lambda x, w, b: x.reshape(3, 2),
    "maximum(x, w).clamp(-1, 1)": lambda x, w, b: torch.maximum(x, w).clamp(-1, 1),
    "(x.detach() * x).sum()": lambda x, w, b: (x.detach() * x).sum(),
    "sin(pi * b)": lambda x, w, b: torch.sin(torch.pi * b),
    "[[1.0, 2, 3]] * x": lambda x, w, b: torch.tensor([[1.0, 2, 3]]) * x,
    "x.abs().sqrt().cumsum(1).prod()": lambda x, w, b: x.abs().sqrt().cumsum(1).prod(),
    "x.unsqueeze(0).transpose(0, 2).squeeze().flatten()": lambda x, w, b: x.T.flatten(),
    "x.double() * 0.1": lambda x, w, b: x.double() * 0.1,
    "(x > 0).float().sum()": lambda x, w, b: (x > 0).float().sum(),
    "arange(6).reshape(2, 3) * x": lambda x, w, b: torch.arange(6).reshape(2, 3) * x,
    "ones(2, 2) @ x + eye(3)[0] - zeros(3)": lambda x, w, b: (
        torch.ones(2, 2) @ x + torch.eye(3)[0]
    ),
}  # fmt: skip


@pytest.mark.parametrize("text", SAME)
def test_values_and_gradients_are_torchs(text: str) -> None:
    here, there = leaves(), leaves()
    got, _ = evaluate(text, here)
    expected = SAME[text](**there)
    assert got.dtype == expected.dtype
    assert torch.equal(got, expected)
    slopes = gradients(got, list(here.values()))
    if expected.requires_grad:
        known = torch.autograd.grad(expected.sum(), list(there.values()), allow_unused=True)
    else:
        known = (None,) * 3
    for slope, right in zip(slopes, known, strict=True):
        assert (slope is None) == (right is None)
        if slope is not None and right is not None:
            assert torch.allclose(slope, right)


HOSTILE = [
    "__import__('os').system('true')",
    "().__class__.__bases__[0].__subclasses__()",
    "x.__class__",
    "x.data",
    "x.grad_fn",
    "x.numpy()",
    "x.backward()",
    "x.register_hook(x)",
    "torch.load('x')",
    "torch.os.system('true')",
    "F.torch",
    "open('x')",
    "exec('1')",
    "lambda: 1",
    "[i for i in x]",
    "{i: i for i in x}",
    "(i for i in x)",
    "x if x else w",
    "(x := 1)",
    "f'{x}'",
    "'a' * 10",
    "b'a'",
    "True",
    "None",
    "...",
    "1j",
    "x and w",
    "not x",
    "x < 2 < 3",
    "x in w",
    "x // 2",
    "x % 2",
    "1 << 100",
    "~x",
    "{1, 2}",
    "exp(*x)",
    "exp(x, **x)",
    "exp(x, out=x)",
    "await x",
    "yield",
    "x; w",
    "import os",
    "print(x)",
    "x[[0, 1]]",
    "x[x > 0]",
    "x[...]",
    "x['a']",
    "exp",
    "x.exp",
    "nothing",
    "",
    "   ",
    "\0",
    "x x",
]
COSTLY = [
    "9**9**9",
    "9**-9**9",
    "x ** 1000",
    "2 ** (x * 1000)",
    "10.0**20 * 10.0**20",
    "1e400",
    "9" * 150,
    "zeros(10**9)",
    "zeros(100000, 0)",
    "ones(2, 2, 2, 2, 2, 2, 2)",
    "eye(10**6)",
    "arange(10**12)",
    "arange(0, 1, 1e-12)",
    "arange(-5, 10**9)",
    "zeros(1000).reshape(1000, 1) + zeros(1000)",
    "zeros(1000).reshape(1000, 1) @ zeros(1, 1000)",
    "where(zeros(900, 1, 1), zeros(1, 900, 1), zeros(1, 1, 900))",
    "x" + "[None]" * 8,
    "-" * 100 + "1",
    "x" + ".exp()" * 30,
    "[" * 60 + "1" + "]" * 60,
    "1" + "+1" * 90,
    "x" + " " * 300,
]


@pytest.mark.parametrize("text", HOSTILE + COSTLY)
def test_what_is_not_in_the_language_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        evaluate(text, leaves())
    assert caught.value.message
    assert caught.value.hint
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x @ x", "shapes cannot be multiplied"),
        ("x[5]", "out of bounds"),
        ("x.sum(7)", "Dimension out of range"),
        ("x.reshape(5)", "invalid for input"),
        ("1 / 0", "division by zero"),
        ("arange(0, 1, 0)", "nonzero"),
        ("[1, 2] @ [1.0, 2]", "same dtype"),
        ("[[1], [1, 2]]", "equal size"),
        ("arange(3) ** -1", "negative integer powers"),
        ("softmax(x)", "with 1 arguments"),
        ("x.sum(x)", "a tensor where a number"),
        ("[x, w]", "the list"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_with_its_piece(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        evaluate(text, leaves())


def test_refusals_are_in_the_readers_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "_current", "zh")
    with pytest.raises(UsageError, match="不允许") as caught:
        evaluate("x.data", leaves())
    assert "可以用数" in caught.value.hint


class Watched:
    """Notes every import, call of eval and opened file of this process."""

    KINDS = ("import", "exec", "open", "os.", "subprocess.", "socket.", "ctypes.")

    def __init__(self) -> None:
        self.on = False
        self.seen: list[str] = []

    def __call__(self, event: str, arguments: Any) -> None:
        if self.on and event.startswith(self.KINDS):
            self.seen.append(event)


@pytest.fixture(scope="module")
def watched() -> Watched:
    for text in SAME:  # torch imports parts of itself when a function is first used
        evaluate(text, leaves())
    hook = Watched()
    sys.addaudithook(hook)  # stays for the process, silent unless switched on
    return hook


SIGNS = "x w b + - * / ** @ ( ) [ ] , : . < > = == 0 1 2 0.5 1e9 99 'a' None True"
WORDS = "__class__ __import__ os eval lambda for in if else import dim= torch. F. .T data"
PIECES = [*SIGNS.split(), *WORDS.split(), *allowed.FUNCTIONS]
texts = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from(PIECES), max_size=25).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join),
    st.sampled_from(HOSTILE + COSTLY + list(SAME)).flatmap(
        lambda text: st.integers(0, len(text)).map(lambda cut: text[cut:] + text[:cut])
    ),
)


@settings(max_examples=400)
@given(texts)
def test_random_text_never_crashes_and_never_runs(watched: Watched, text: str) -> None:
    names = leaves()
    before = {name: tensor.detach().clone() for name, tensor in names.items()}
    watched.seen.clear()
    watched.on = True
    try:
        value, steps = evaluate(text, names)
    except UsageError:
        value, steps = torch.zeros(()), []
    finally:
        watched.on = False
    assert not watched.seen, watched.seen
    for tensor in (value, *(step.value for step in steps)):
        assert tensor.numel() <= allowed.MOST_VALUES
        assert tensor.dim() <= allowed.MOST_AXES
    assert all(torch.equal(names[name], before[name]) for name in names)


numbers = st.one_of(
    st.integers(-50, 50).map(str), st.floats(-50, 50).map(lambda v: f"{v:.3f}")
).map(lambda text: f"({text})")
arithmetic = st.recursive(
    numbers,
    lambda inner: st.tuples(inner, st.sampled_from("+-*"), inner).map(
        lambda parts: f"({''.join(parts)})"
    ),
    max_leaves=8,
).filter(lambda text: len(text) <= allowed.LONGEST_TEXT)


@settings(max_examples=60)
@given(arithmetic)
def test_arithmetic_of_numbers_is_pythons(text: str) -> None:
    # of digits, brackets and + - * alone, so Python may say what it is worth
    assert not set(text) - set("0123456789.+-*()")
    nodes = sum(1 for _ in ast.walk(ast.parse(text, mode="eval").body))
    if nodes > allowed.MOST_NODES:
        return
    expected = eval(text)
    value, _ = evaluate(text, {})
    assert value.item() == pytest.approx(expected, rel=1e-6, abs=1e-6)


def test_no_source_of_the_playground_evaluates_text() -> None:
    import inspect

    from dltutor_plugins.chapter01_intro import grammar
    from dltutor_plugins.chapter01_intro import playground as demo

    def called() -> Iterator[str]:
        for module in (grammar, allowed, demo):
            for node in ast.walk(ast.parse(inspect.getsource(module))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    yield node.func.id

    assert not {"eval", "exec", "compile", "__import__", "literal_eval"} & set(called())


# --- the demo


def test_the_demo_shows_each_operation_with_value_shape_type_and_gradient() -> None:
    table, note = playground()
    assert isinstance(table, views.Table)
    rows = {row[0]: row[1:] for row in table.rows}
    assert list(rows) == [
        "x", "w", "b", "w * x", "w * x + b", "(w * x + b).tanh()", "(w * x + b).tanh().sum()",
    ]  # fmt: skip
    assert rows["w * x + b"] == ("[0.6 -1.9]", "(2,)", "float32", "[0.7116 0.08561]")
    assert rows["b"] == ("0.1", "()", "float32", "0.7972")
    assert rows["(w * x + b).tanh().sum()"][3] == "1"
    assert "4 operations" in str(note)


def test_a_detached_leaf_and_whole_numbers_have_no_gradient() -> None:
    table, _ = playground("(w.detach() * x).sum()", x="[1, 2]", w="[0.5, -1.0]", b="")
    assert isinstance(table, views.Table)
    rows = {row[0]: row for row in table.rows}
    assert "b" not in rows
    assert rows["x"][3:] == ("int64", "–")
    assert rows["w"][4] == "–"
    assert "No gradient" in str(playground("x > w", b="")[1])


def test_a_result_of_many_values_says_that_its_sum_is_meant() -> None:
    table, note = playground("x * x", x="arange(20.0)")
    assert isinstance(table, views.Table)
    assert table.rows[0][1] == "[0 1 2 3 4 5 6 7 …]"
    assert "20 values" in str(note)


def test_a_leaf_that_is_no_tensor_is_named() -> None:
    with pytest.raises(UsageError, match=r"^w: there is no name 'x'"):
        leaf("w", "x + 1")
    with pytest.raises(UsageError, match="there is no name 'b'"):
        playground("x + b", b=" ")


def test_gradients_agree_with_differences() -> None:
    text = "((x @ w).tanh() * b).sum() + (x * x).softmax(1)[0, 0]"
    names = {name: tensor.detach().double() for name, tensor in leaves().items()}
    for name, tensor in names.items():
        tracked = names | {name: tensor.clone().requires_grad_()}
        (slope,) = gradients(evaluate(text, tracked)[0], [tracked[name]])
        assert slope is not None
        for i in range(tensor.numel()):
            ends = []
            for step in (1e-5, -1e-5):
                moved = tensor.clone()
                moved.view(-1)[i] += step
                ends.append(evaluate(text, names | {name: moved})[0].item())
            assert slope.flatten()[i].item() == pytest.approx((ends[0] - ends[1]) / 2e-5, abs=1e-7)
