# ruff: noqa: E501 - a mistake is a line of the solution and what stands there instead
"""Chapter 5's exercises: each mistake that people make is noticed, other right answers pass."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest
import torch

import dltutor_content.chapter05_cnn as content
from dltutor.learning.checks import CheckFailed

FOLDER = Path(content.__path__[0]) / "exercises"

MISTAKES: dict[str, dict[str, tuple[str, str]]] = {
    "01-conv2d": {
        "the kernel turned": ("check_channels", "weight[..., i, j] -> weight[..., height - 1 - i, width - 1 - j]"),
        "rows and columns swapped": ("check_random", "below = x[..., i * dilation :: stride, j * dilation :: stride] -> below = x[..., j * dilation :: stride, i * dilation :: stride]"),
        "groups ignored in the order of channels": ("check_groups", "x = x.unflatten(1, (groups, -1)) -> x = x.unflatten(1, (-1, groups)).transpose(1, 2)"),
        "dilation left out of the size": ("check_padding_and_dilation", "rows = (x.shape[2] - dilation * (height - 1) - 1) // stride + 1 -> rows = (x.shape[2] - height) // stride + 1"),
        "no bias": ("check_channels", "return y if bias is None else y + bias[:, None, None] -> return y"),
        "PyTorch's own": ("check_one_cell", "    out, _, height, width = weight.shape -> \n    return F.conv2d(x, weight, bias, stride, 0, dilation, groups)\n    out, _, height, width = weight.shape"),
        "imported by name": ("check_one_cell", "    out, _, height, width = weight.shape -> \n    from torch import conv2d as c\n    return c(x, weight, bias, stride, 0, dilation, groups)\n    out, _, height, width = weight.shape"),
        "detached": ("check_gradient", "y = y.flatten(1, 2) -> y = y.flatten(1, 2).detach()"),
    },
    "02-sizes": {
        "dilation times kernel": ("check_random", "return dilation * (kernel - 1) + 1 -> return dilation * kernel"),
        "padding once": ("check_random", "size + 2 * padding -> size + padding"),
        "rounded up": ("check_stride", "room // stride + 1 if -> -(-room // stride) + 1 if"),
        "the first place forgotten": ("check_this_chapter", "room // stride + 1 if -> room // stride if"),
        "no place gives one": ("check_no_place", " if room >= 0 else 0 -> "),
        "the left gets more": ("check_same_even", "return both // 2, both - both // 2 -> return both - both // 2, both // 2"),
    },
    "03-field": {
        "jump too early": ("check_field", "        field += layer.dilation * (layer.kernel - 1) * jump\n        jump *= layer.stride -> \n        jump *= layer.stride\n        field += layer.dilation * (layer.kernel - 1) * jump"),
        "strides ignored": ("check_random", "        jump *= layer.stride  # for the layers that come after this one\n -> "),
        "layers forwards": ("check_pixels", "in reversed(layers) -> in layers"),
        "padding ignored": ("check_border", "first * stride - padding -> first * stride"),
    },
    "04-pooling": {
        "the mean": ("check_by_hand", "windows.amax(dim=(3, 5)) -> windows.mean(dim=(3, 5))"),
        "windows interleaved": ("check_windows", "unflatten(2, (rows, window)) -> unflatten(2, (window, rows)).transpose(2, 3)"),
        "nothing dropped": ("check_left_over", "    x = x[:, :, : rows * window, : columns * window]\n -> "),
        "the sum over places": ("check_head", "maps.mean(dim=(2, 3)) -> maps.sum(dim=(2, 3))"),
    },
    "05-separable": {
        "no groups": ("check_weights", "            groups=n,\n -> "),
        "a bias in both": ("check_weights", "            bias=False,\n -> "),
        "padding without dilation": ("check_shapes", "padding=dilation * (kernel - 1) // 2 -> padding=(kernel - 1) // 2"),
        "the bias uncounted": ("check_counts", "m * (n + 1) -> m * n"),
    },
    "06-two-networks": {
        "only the last layer shared": ("check_first_stays", "last = nn.Linear(channels, classes) -> last = KEPT.setdefault(0, nn.Linear(channels, classes))"),
        "one layer for all calls": ("check_calls", "first = nn.Conv2d(1, channels, 7) -> first = KEPT.setdefault(channels, nn.Conv2d(1, channels, 7))"),
    },
}  # fmt: skip

ANSWERS: dict[str, dict[str, str]] = {
    "01-conv2d": {
        "unfold": """
def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    out, per, kh, kw = weight.shape
    rows = (x.shape[2] + 2 * padding - dilation * (kh - 1) - 1) // stride + 1
    columns = F.unfold(x, (kh, kw), dilation, padding, stride)
    parts = columns.unflatten(1, (groups, per * kh * kw))
    y = weight.reshape(groups, out // groups, -1) @ parts
    y = y.flatten(1, 2).unflatten(2, (rows, -1))
    return y if bias is None else y + bias.view(-1, 1, 1)
""",
    },
    "04-pooling": {
        "loops": """
def max_pool(x, window):
    h, w = x.shape[2] // window, x.shape[3] // window
    parts = [x[:, :, i:h * window:window, j:w * window:window] for i in range(window) for j in range(window)]
    return __import__("torch").stack(parts).max(dim=0).values
""",
    },
    "06-two-networks": {
        "copies": """
import copy
_two = two_networks

def two_networks(channels=12, classes=10):
    return tuple(copy.deepcopy(model) for model in _two(channels, classes))
""",
    },
}


def source(exercise: str, name: str) -> str:
    return (FOLDER / exercise / f"{name}.py").read_text(encoding="utf-8")


def judge(exercise: str, answer: str) -> dict[str, str]:
    """Case to problem, ``""`` when it passed."""
    checks, work = ModuleType("check"), ModuleType("work")
    exec(compile(source(exercise, "check"), "check.py", "exec"), vars(checks))
    exec(compile(answer, "work.py", "exec"), vars(work))
    outcome = {}
    for name, function in vars(checks).items():
        if name.startswith("check_"):
            torch.manual_seed(0)
            try:
                function(work)
            except CheckFailed as failure:
                outcome[name] = str(failure)
            except Exception as failure:  # a learner's code may raise anything
                outcome[name] = repr(failure)
            else:
                outcome[name] = ""
    return outcome


def each(table: dict[str, dict[str, object]]) -> list[object]:
    return [
        pytest.param(exercise, value, id=f"{exercise}: {name}")
        for exercise, entries in table.items()
        for name, value in entries.items()
    ]


@pytest.fixture(autouse=True)
def module(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "work", ModuleType("work"))


@pytest.mark.parametrize(("exercise", "mistake"), each(MISTAKES))  # type: ignore[arg-type]
def test_a_mistake_is_noticed(exercise: str, mistake: tuple[str, str]) -> None:
    case, change = mistake
    old, _, new = change.partition(" -> ")
    solution = source(exercise, "solution")
    assert solution.count(old) >= 1, old
    outcome = judge(exercise, "KEPT = {}\n" + solution.replace(old, new.removeprefix("\n")))
    assert outcome[case], outcome


@pytest.mark.parametrize(("exercise", "answer"), each(ANSWERS))  # type: ignore[arg-type]
def test_another_right_answer_passes(exercise: str, answer: str) -> None:
    outcome = judge(exercise, source(exercise, "solution") + "\n" + answer)
    assert not any(outcome.values()), outcome


def test_the_bug_hunts_fault_is_quiet() -> None:
    outcome = judge("06-two-networks", source("06-two-networks", "starter"))
    failed = {name for name, problem in outcome.items() if problem}
    assert failed == {"check_first_stays", "check_second_stays", "check_calls", "check_count"}


def test_mistakes_are_known_for_every_exercise() -> None:
    assert set(MISTAKES) == {path.parent.name for path in FOLDER.glob("*/exercise.toml")}
