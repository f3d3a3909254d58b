"""Chapter 1's exercises: the checks know right from wrong, however it is written.

``ANSWERS`` are right and written differently from the solution. ``MISTAKES`` are what people
write: each names the case that has to notice it. An answer is put behind the solution's source;
``old -> new`` replaces a piece of it.
"""

# ruff: noqa: E501 - a mistake is one line

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

torch = pytest.importorskip("torch")

import dltutor_content.chapter01_intro as content  # noqa: E402
from dltutor.learning.checks import CheckFailed  # noqa: E402

FOLDER = Path(content.__path__[0]) / "exercises"
EXERCISES = sorted(path.parent.name for path in FOLDER.glob("*/exercise.toml"))

ANSWERS = {
    "01-perceptron": """
def learn(inputs, targets, passes):
    both = torch.cat([inputs, torch.ones(len(inputs), 1)], dim=1)
    w, wrong = torch.zeros(both.shape[1]), 0
    for _ in range(passes):
        wrong = 0
        for x, t in zip(both, targets):
            y = bool(w @ x > 0)
            if y and t == 0:
                w, wrong = w - x, wrong + 1
            elif not y and t == 1:
                w, wrong = w + x, wrong + 1
        if not wrong:
            break
    return w[:-1].clone(), w[-1].item(), wrong
""",
    "02-counts": """
import torch

def shares(ink, labels, classes):
    rows = []
    for k in range(classes):
        mine = ink[labels == k]
        rows.append((mine.sum(dim=0) + 1) / (len(mine) + 2))
    return torch.stack(rows)

def scores(ink, shares):
    q = torch.where(ink[:, None, :] > 0.5, shares[None], 1 - shares[None])
    return q.log().sum(dim=2)
""",
    "03-evaluator": """
def value(node, names):
    if isinstance(node, ast.Constant):
        if isinstance(node.value, bool) or not isinstance(node.value, (int, float)):
            raise ValueError("constant")
        return node.value
    if isinstance(node, ast.Name) and node.id in names:
        return names[node.id]
    operators = OPERATORS.get(type(getattr(node, "op", None)))
    if operators is None:
        raise ValueError(type(node).__name__)
    if isinstance(node, ast.UnaryOp):
        return operators(value(node.operand, names))
    if isinstance(node, ast.BinOp):
        return operators(value(node.left, names), value(node.right, names))
    raise ValueError(type(node).__name__)
""",
    "04-no-branch": """
def limit_norm(x, limit):
    norm = torch.linalg.vector_norm(x)
    return torch.where(norm > limit, x * (limit / torch.clamp(norm, min=limit)), x)

def masked_mean(x, mask):
    count = mask.sum()
    total = x.masked_fill(~mask, 0.0).sum()
    return torch.where(count > 0, total / count.clamp(min=1), torch.zeros_like(total))
""",
    "05-step-times": """
def step_times(step, wait, clock, steps, warm_up):
    times = []
    for i in range(warm_up + steps):
        wait()
        start = clock()
        step()
        wait()
        if i >= warm_up:
            times.append((clock() - start) * 1e3)
    return times
""",
}

MISTAKES = [
    ("01-perceptron", "or", "target - answer(w, b, x) -> answer(w, b, x) - target"),
    ("01-perceptron", "one_pass", "            b = b + error\n -> "),
    ("01-perceptron", "no_pass", "mistakes = torch.zeros(inputs.shape[1]), 0.0, 0 -> mistakes = torch.zeros(inputs.shape[1]), 0.0, 1"),
    ("01-perceptron", "or", "        mistakes = 0\n -> "),
    ("01-perceptron", "one_pass", "answer(w, b, x)  # -> answer(torch.zeros_like(w), 0, x)  #"),
    ("02-counts", "shares", "+ 1) / (pictures -> ) / (pictures"),
    ("02-counts", "shares", "[:, None] + 2 -> [:, None] + 1"),
    ("02-counts", "scores", " + (1 - ink) @ (1 - shares).log().T -> "),
    ("02-counts", "no_underflow", "(member.T @ ink + 1) / (pictures[:, None] + 2) -> (member.T @ ink) / pictures[:, None]"),
    ("03-evaluator", "other_constants", "type(node.value) in (int, float) -> isinstance(node.value, (int, float))"),
    ("03-evaluator", "other_constants", " if type(node.value) in (int, float) -> "),
    ("03-evaluator", "everything_else", '    raise ValueError(f"{ast.unparse(node)} is not allowed") ->     return 0.0'),
    ("03-evaluator", "attributes_and_calls", """
def value(node, names):
    return eval(ast.unparse(node), {}, dict(names))
"""),
    ("03-evaluator", "operators_not_in_the_table", """
OPERATORS[ast.Pow] = operator.pow
"""),
    ("04-no-branch", "no_value_for_the_norm", "    return x * (limit / norm).clamp(max=1.0) ->     return x * min(1.0, limit / float(norm.detach()))"),
    ("04-no-branch", "values", ".clamp(max=1.0) -> "),
    ("04-no-branch", "zeros", ".clamp(min=1e-24) -> "),
    ("04-no-branch", "empty_mask", ".clamp(min=1) -> "),
    ("04-no-branch", "outside", "torch.where(mask, x, 0.0).sum() -> (x * mask).sum()"),
    ("04-no-branch", "no_value_for_the_mean", "torch.where(mask, x, 0.0).sum() -> x[mask].sum()"),
    ("05-step-times", "all_of_the_work", "        wait()  # the step's work is done, and only then the clock is read\n -> "),
    ("05-step-times", "warm_up", "    wait()  # the warm-up's work is not the first step's\n -> "),
    ("05-step-times", "calls", "range(warm_up) -> range(warm_up + 1)"),
    ("05-step-times", "all_of_the_work", "1000 * ( -> ("),
]  # fmt: skip


def source(exercise: str, name: str) -> str:
    return (FOLDER / exercise / f"{name}.py").read_text(encoding="utf-8")


def changed(exercise: str, change: str) -> str:
    solution = source(exercise, "solution")
    if change.startswith("\n"):
        return solution + "\n" + change
    old, _, new = change.partition(" -> ")
    assert solution.count(old) == 1, f"{exercise}: {old!r} does not stand in the solution once"
    return solution.replace(old, new)


def judge(exercise: str, answer: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Runs an exercise's checks over an answer here: case to problem, ``""`` when it passed."""
    checks, work = ModuleType("check"), ModuleType("work")
    monkeypatch.setitem(sys.modules, "work", work)
    exec(compile(source(exercise, "check"), "check.py", "exec"), vars(checks))
    exec(compile(answer, "work.py", "exec"), vars(work))
    outcome: dict[str, str] = {}
    for name, function in list(vars(checks).items()):
        if name.startswith("check_"):
            try:
                function(work)
            except CheckFailed as failure:
                outcome[name.removeprefix("check_")] = str(failure)
            except Exception as error:  # the learner's code is called
                outcome[name.removeprefix("check_")] = f"{type(error).__name__}: {error}"
            else:
                outcome[name.removeprefix("check_")] = ""
    return outcome


def test_there_are_five_exercises_and_each_has_another_answer() -> None:
    assert len(EXERCISES) == 5
    assert set(ANSWERS) == {exercise for exercise, *_ in MISTAKES} == set(EXERCISES)


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_starter_fails_and_another_right_answer_passes(
    exercise: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = judge(exercise, source(exercise, "starter"), monkeypatch)
    assert any(begun.values())
    for answer in (source(exercise, "solution"), changed(exercise, ANSWERS[exercise])):
        outcome: dict[str, Any] = judge(exercise, answer, monkeypatch)
        assert not any(outcome.values()), outcome


@pytest.mark.parametrize(("exercise", "case", "change"), MISTAKES)
def test_a_mistake_is_noticed(
    exercise: str, case: str, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = judge(exercise, changed(exercise, change), monkeypatch)
    assert outcome[case], {name for name, problem in outcome.items() if problem}
