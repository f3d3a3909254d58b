"""The helpers of check.py: what is right passes, what is wrong fails with words that teach."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dltutor import i18n
from dltutor.learning import checks
from dltutor.learning.check_values import short
from dltutor.learning.checks import (
    CheckFailed,
    close,
    dtype,
    equal,
    gradient,
    raises,
    shape,
    that,
    untouched,
)

X = torch.arange(6.0).reshape(2, 3)


@pytest.fixture(autouse=True)
def _english() -> None:
    i18n.use("en")


def fails(check: Callable[..., Any], *args: Any, **kwargs: Any) -> str:
    with pytest.raises(CheckFailed) as caught:
        check(*args, **kwargs)
    return str(caught.value)


leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.binary(max_size=5)
)
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=3) | st.integers(), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(deadline=None)
@given(values)
def test_everything_equals_its_copy(value: Any) -> None:
    import copy

    equal(copy.deepcopy(value), value)


@settings(deadline=None)
@given(values, values)
def test_equal_agrees_with_python_where_python_is_strict(a: Any, b: Any) -> None:
    """Passing means the same repr, where floats, dicts and containers print what they are."""
    same = repr(a) == repr(b) or (isinstance(a, float) and isinstance(b, float) and a == b)
    try:
        equal(a, b)
    except CheckFailed:
        assert not same
    else:
        assert same or a == b or "0.0" in repr((a, b)) or isinstance(a, dict)


@settings(deadline=None)
@given(values)
def test_short_is_short_and_in_one_line(value: Any) -> None:
    text = short(value)
    assert len(text) <= 160
    assert "\n" not in text


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (X.clone(), X),
        (torch.nn.Parameter(X), X),
        (X.T.T, X),
        (torch.tensor(float("nan")), torch.tensor(float("nan"))),
        (torch.tensor([float("inf")]), torch.tensor([float("inf")])),
        (torch.zeros(0, 3), torch.zeros(0, 3)),
        (X.to(torch.bfloat16), X.to(torch.bfloat16)),
        (X.to_sparse(), X),
        (torch.tensor([True, False]), torch.tensor([True, False])),
        (torch.tensor([2**60 + 1]), torch.tensor([2**60 + 1])),
        (np.ones((2, 3)), np.ones((2, 3))),
        (X.shape, (2, 3)),
        ([X, {"a": X}], [X, {"a": X}]),
        ({1: "a", "b": [2.0]}, {"b": [2.0], 1: "a"}),
    ],
)
def test_right_answers_pass(got: Any, expected: Any) -> None:
    equal(got, expected)
    close(got, expected)


@pytest.mark.parametrize(
    ("got", "expected", "words"),
    [
        (X.T, X, r"shape (2, 3) was expected, (3, 2) came|transpose"),
        (X[:, None], X, "axes of length 1"),
        (X.reshape(6), X, "arranged otherwise"),
        (X.sum(1), X, "an axis is missing"),
        (X[:1], X, "a row lost"),
        (X.permute(1, 0)[None], X[None], "order is not"),
        (X.long(), X, "dtype float32 was expected, int64 came"),
        (X.double(), X, ".float() converts"),
        (X, X.long(), ".long() converts"),
        (X.numpy(), X, "a tensor (2, 3) was expected, a NumPy array (2, 3) came"),
        (X.tolist(), X, "a value of type list came"),
        (X.to("meta"), X, "one on meta came"),
        (-X, X, "every value has the other sign"),
        (X / 6, X, "0.166667 times"),
        (
            X + torch.eye(3)[:2],
            X,
            "2 of 6 values differ; the first at [0, 0]: 0 was expected, 1 came",
        ),
        (X * float("nan"), X, "nan comes from"),
        (X / 0, X, "inf|nan"),
        (None, X, "return statement"),
        (len, X, "brackets"),
        (3.0, X, "keep it a tensor"),
        (torch.tensor([2**60]), torch.tensor([2**60 + 1]), "the value differs"),
        (torch.tensor(1.0), 1.0, ".item()"),
        (1, True, "type bool was expected, a value of type int"),
        (1.0, 1, "type int was expected, a value of type float"),
        ("a", "b", "'b' was expected, 'a' came"),
        ([1, 2], [1, 3], "at [1]: 3 was expected, 2 came"),
        ([1], [1, 2], "2 items were expected, 1 came"),
        ((1, 2), [1, 2], "type list was expected, a value of type tuple"),
        (range(3), [0, 1, 2], "list(...)"),
        ({"a": 1}, {"b": 1}, "missing: ['b']"),
        ({"a": 1, "c": 2}, {"a": 1}, "not asked for: ['c']"),
        ({"a": [1, {"b": X}]}, {"a": [1, {"b": X + 1}]}, "at ['a'][1]['b']: "),
        (10**1000, 3, "3 was expected"),
        (0.1 + 0.2, 0.3, "0.3 was expected, 0.30000000000000004 came"),
    ],
)
def test_wrong_answers_fail_with_a_reason(got: Any, expected: Any, words: str) -> None:
    message = fails(equal, got, expected)
    assert any(word in message for word in words.split("|")), message


def test_close_has_a_tolerance_and_a_limit() -> None:
    close(X + 1e-7, X)
    close(X * (1 + 1e-6), X)
    assert "differ" in fails(close, X + 1e-3, X)
    close(X + 1e-3, X, atol=1e-2)
    assert "dtype" in fails(close, X.double(), X)
    close(X.double(), X, same_dtype=False)
    assert "differ" in fails(close, math.nan, 0.0) or "nan" in fails(close, math.nan, 0.0)
    assert fails(close, math.inf, 1e300)
    assert fails(close, 10**400, 10**400 + 10**390, rtol=1e-20)


@pytest.mark.parametrize(
    "got", [0.5, torch.tensor(0.5), np.float64(0.5), np.float32(0.5), np.array(0.5)]
)
def test_where_a_number_is_expected_one_in_a_tensor_will_do(got: Any) -> None:
    close(got, 0.5)


@settings(deadline=None)
@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_close_is_the_formula(a: float, b: float) -> None:
    inside = abs(a - b) <= 1e-6 + 1e-5 * abs(b)
    try:
        close(a, b)
    except CheckFailed:
        assert not inside
    else:
        assert inside


class AlwaysEqual(float):
    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0

    def __rsub__(self, other: object) -> float:
        return 0.0

    __sub__ = __rsub__


class Lying(torch.Tensor):
    def __eq__(self, other: object) -> Any:
        return torch.tensor(True)

    __hash__ = None  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (AlwaysEqual(1.0), 2.0),
        ([AlwaysEqual(1.0)], [2.0]),
        ({AlwaysEqual(0): 1}, {0.0: 1}),
        (torch.zeros(2).as_subclass(Lying), torch.ones(2)),
        (torch.ones(2).as_subclass(Lying), torch.ones(2)),
        (np.array([AlwaysEqual(1.0)], dtype=object), np.array([2.0], dtype=object)),
        (type("list", (list,), {"__eq__": lambda *_: True, "__hash__": None})(), []),
    ],
)
def test_objects_that_claim_equality_do_not_pass(got: Any, expected: Any) -> None:
    assert fails(equal, got, expected)
    assert fails(close, got, expected)


def test_names_and_inputs_are_told_in_both_languages() -> None:
    message = fails(equal, 1, 2, "the sum || 和", {"x": X, "n": 3})
    assert message.startswith(
        "the sum: 2 was expected, 1 came\nfor x = tensor (2, 3) float32 [[0, 1, 2], [3"
    )
    i18n.use("zh")
    message = fails(equal, 1, 2, {"en": "the sum", "zh": "和"}, "nothing || 没有输入")
    assert message.startswith("和：应为 2，得到的是 1\n输入：没有输入")


def test_shape_and_dtype() -> None:
    shape(X, (2, 3))
    shape(X, [2, 3])
    assert "(2, 3) came" in fails(shape, X, (3, 2))
    assert "type float came" in fails(shape, 1.0, (3, 2))
    dtype(X, torch.float32)
    dtype(X, "float32")
    dtype(np.zeros(1), np.float64)
    assert "int64 was expected, float32 came" in fails(dtype, X, torch.int64)
    assert "None came" in fails(dtype, None, torch.int64)


class Truthy:
    def __bool__(self) -> bool:
        return True


@pytest.mark.parametrize("truth", [True, torch.tensor(True), np.bool_(True)])
def test_that_takes_truth(truth: Any) -> None:
    that(truth, "must hold")


@pytest.mark.parametrize(
    "lie", [False, Truthy(), 1, "yes", torch.tensor(False), torch.ones(3) > 0, None]
)
def test_that_takes_nothing_for_truth_that_is_not(lie: Any) -> None:
    assert fails(that, lie, "must hold || 必须成立") == "must hold"


def test_raises() -> None:
    raises(ValueError, int, "x")
    raises(LookupError, {}.__getitem__, 1)
    assert "it returned 3" in fails(raises, ValueError, int, "3")
    assert "KeyError was raised" in fails(raises, ValueError, {}.__getitem__, 1)


def test_untouched_returns_the_result_and_notices_changes() -> None:
    assert untouched(sum, [1, 2]) == 3
    assert "argument 1 was changed" in fails(untouched, lambda x: x.add_(1), X.clone())
    assert "argument 2 was changed" in fails(untouched, lambda _, d: d.update(a=2), 1, {"a": 1})
    equal(untouched(lambda x: x + 1, X), X + 1)


def test_gradient() -> None:
    gradient(torch.exp, X / 5)
    gradient(lambda a, b: a @ b, X, X.T)
    gradient(lambda a, i: a[i], X, torch.tensor([0, 1]))
    gradient(lambda a: a.softmax(1), X, like=lambda a: torch.softmax(a, 1))
    assert "no gradient flows back" in fails(gradient, lambda a: a.detach().exp(), X)
    assert "no gradient reaches argument 2" in fails(gradient, lambda a, b: a * b.detach(), X, X)
    assert "0.5 times" in fails(gradient, lambda a: (a * a.detach()).sum(), X)
    assert "type float came" in fails(gradient, lambda a: a.sum().item(), X)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (X, "tensor (2, 3) float32 [[0, 1, 2], [3, 4, 5]]"),
        (torch.tensor(2), "tensor () int64 2"),
        (torch.zeros(2, 0), "tensor (2, 0) float32 []"),
        (np.array([0.5, 1e-9]), "array (2,) float64 [0.5, 1e-09]"),
        ((1,), "(1,)"),
        ({"a": [1.5, None]}, "{'a': [1.5, None]}"),
        (object(), "<object>"),
        ("line\nbreak", r"'line\nbreak'"),
    ],
)
def test_short(value: Any, text: str) -> None:
    assert short(value) == text


def test_short_reads_only_the_head_of_a_large_tensor() -> None:
    assert short(torch.zeros(10_000_000)).startswith("tensor (10000000,) float32 [0, 0, 0")
    assert short(torch.zeros(3000, 3000)).endswith("…")


def test_all_that_is_promised_is_there() -> None:
    assert all(hasattr(checks, name) for name in checks.__all__)
