"""The gate: a good chapter passes, and each fault is found where it is."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dltutor.learning import lint, new_chapter
from dltutor.learning.lint import Finding, chinese
from dltutor.learning.lint.source_tree import chapters_at

Check = Callable[..., list[Finding]]


@pytest.fixture
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The package folder of a fresh chapter."""
    monkeypatch.setattr(sys, "path", sys.path.copy())
    new_chapter.write("gate-sample", tmp_path)
    yield tmp_path / "gate-sample" / "src" / "gate_sample"
    for name in [name for name in sys.modules if name.split(".")[0] == "gate_sample"]:
        del sys.modules[name]


@pytest.fixture
def change(sample: Path) -> Callable[[str, str, str], None]:
    """``change(file, old, new)`` replaces text that must be there; an empty ``old`` appends."""

    def do(name: str, old: str, new: str) -> None:
        file = sample / name
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new) if old else text + new, encoding="utf-8")

    return do


@pytest.fixture
def check(sample: Path) -> Check:
    def do(*areas: str) -> list[Finding]:
        ((chapter, target),) = chapters_at(sample.parent.parent)
        return lint.check(chapter, target, areas)

    return do


def errors(found: list[Finding]) -> list[str]:
    return [str(finding) for finding in found if finding.level == "error"]


@pytest.mark.slow
def test_a_new_chapter_passes_whole(check: Check) -> None:
    assert check(*lint.AREAS) == []


EN, ZH = "lessons/en/01-descent.md", "lessons/zh/01-descent.md"


@pytest.mark.parametrize(
    ("name", "old", "new", "place", "said"),
    [
        (EN, "## Which way is down", "### Which way is down", ZH, "headings differ"),
        (ZH, "`dltutor run gate-sample`", "`dltutor run 3`", ZH, "things to try differ"),
        (ZH, "demo descent lr=0.1", "demo descent lr=0.2", ZH, "demos differ"),
        (ZH, "model:Line", "data:points", ZH, "included code differ"),
        (EN, "demo descent lr=0.1", "demo ascent", EN, "no demo 'ascent'"),
        (EN, "model:Line", "model:Lines", EN, "did you mean Line"),
        (EN, "https://d2l.ai", "http://d2l.ai", EN, "neither an https URL"),
        (EN, "(https://d2l.ai/chapter_optimization/gd.html)", "(gd)", EN, "neither an https URL"),
        (EN, "$(0, 1)$", "$(0, \\foo)$", EN, "\\foo"),
        (EN, 'from top to bottom"', '$\\\\foo$"', EN, "formula $\\foo$"),
        (EN, "You have", "You\thave", EN, "a tab"),
        (EN, "You have", "You\u200bhave", EN, "U+200B"),
        (EN, "minutes = 6", "minutes = 'six'", EN, "minutes"),
        (EN, "", "\n# Title\n", EN, "headings begin at ##"),
        (EN, "", "\n![a](https://example.org/a.png)\n", EN, "a picture"),
        (EN, "", f"\n```text\n{'x' * 77}\n```\n", EN, "77 columns wide"),
        (ZH, "怎样", "怎样,", ZH, "half-width punctuation"),
        (ZH, "一个权重", "1个权重", ZH, "no space between"),
        (ZH, "一个权重", "一个 ， 权重", ZH, "a space beside"),
        (
            "train.py",
            "    run.load_best()",
            f"    run.load_best()  # {'x' * 60}",
            EN,
            "columns wide",
        ),
    ],
)
def test_faults_of_lessons(
    sample: Path,
    change: Callable[[str, str, str], None],
    check: Check,
    name: str,
    old: str,
    new: str,
    place: str,
    said: str,
) -> None:
    change(name, old, new)
    found = check("lessons")
    assert any(said in error and str(sample / place) in error for error in errors(found)), found


def test_the_line_of_a_fault_is_given(
    change: Callable[[str, str, str], None], check: Check
) -> None:
    change(EN, "\nYou have", "\nYou\thave")
    (finding,) = check("lessons")
    assert finding.line == 11


def test_a_lesson_that_only_one_language_has(sample: Path, check: Check) -> None:
    (sample / ZH).unlink()
    assert any("'descent' has no Chinese text" in error for error in errors(check("lessons")))


QUESTION_FAULTS = [
    ('lesson = "descent"\nanswer = 4', 'lesson = "gone"\nanswer = 4', "no lesson 'gone'"),
    ("answer = 4\n", "answer = 12\n", "'12' is judged right"),
    ("answer = [20, 1]\n", "answer = [20, 2]\n", "running it gives (20, 1)"),
    ("print(w)", "print(v)", "NameError"),
    ('{ en = "More epochs", zh = "增加轮次" }', '"More epochs than before"', "en, zh"),
    ("梯度会一直累加，", "梯度会一直累加,", "half-width punctuation"),
    ("$12/3 = 4$", "$\\\\foo$", "\\foo"),
]


def test_faults_of_questions(change: Callable[[str, str, str], None], check: Check) -> None:
    for old, new, _ in QUESTION_FAULTS:
        change("quiz.toml", old, new)
    found = errors(check("quiz"))
    for _, _, said in QUESTION_FAULTS:
        assert any(said in error for error in found), (said, found)


def test_an_answer_that_the_code_does_not_print(
    change: Callable[[str, str, str], None], check: Check
) -> None:
    change("quiz.toml", 'answer = "1.0"\n', 'answer = "2.0"\n')
    change("quiz.toml", "nn.Linear(1, 1)", "nn.Linear(2, 1)")
    found = errors(check("quiz"))
    assert any("one-step: answer = '2.0', but running it gives '1.0'" in error for error in found)
    assert any("parameters-shape: its code fails: RuntimeError" in error for error in found)


def test_an_id_that_stands_twice(change: Callable[[str, str, str], None], check: Check) -> None:
    change("quiz.toml", 'id = "one-step"', 'id = "too-large"')
    assert any("too-large" in error for error in errors(check("quiz")))


# what is wrong in a fresh process, all at once, since each process costs an import of torch
CONTRACT_FAULTS = [
    ("__init__.py", 'f"{here}.predict:predict"', 'f"{here}.predict:ask"', "has no 'ask'"),
    ("__init__.py", 'f"{here}.model:for_table"', 'f"{here}.modell:for_table"', "here is no source"),
    ("__init__.py", '"quick": {"epochs": 20}', '"quick": {"epochs": 0}', "quick: epochs=0"),
    ("__init__.py", '{"points": 2000}', '{"pionts": 2000}', "full: TypeError"),
    ("__init__.py", '{"en": "Gate sample", "zh": "Gate sample"}', '{"en": "Gate"}', "in zh"),
    ("__init__.py", "from dltutor.hookspecs", "print(1)\nfrom dltutor.hookspecs", "it prints"),
    ("config.py", "from dltutor import", "import numpy\nfrom dltutor import", "imports numpy"),
    ("config.py", 'zh="学习率", low=1e-5, high=2', "low=1e-5, high=2", "lr needs"),
    ("config.py", "] = 0.05", "] = 5", "its default: lr=5"),
    ("predict.py", "import torch\n", "import torch\nimport pandas\n", "imports pandas, which"),
    ("train.py", "yield ", "_ = ", "is no generator"),
    ("train.py", "config: Config, run: Run", "config: Config", "2 arguments"),
    ("demo.py", "low=0.01, high=1.5, ", "", "lr has no low and high"),
    (EN, "demo descent lr=0.1", "demo descent steps=900", "steps=900 is out of range"),
    (EN, "`dltutor run gate-sample`", "`dltutor run gate-sample --set lr=9`", "lr=9.0 is out"),
    (ZH, "`dltutor run gate-sample`", "`dltutor run gate-sample --preset x`", "no preset 'x'"),
    (EN, "gate-sample descent --set", "gate-sample ascent --set", "no demo 'ascent'"),
    (ZH, "demo descent lr=0.1", "demo descent rate=1", "there is no key 'rate'"),
]


def test_faults_of_the_contract(change: Callable[[str, str, str], None], check: Check) -> None:
    for name, old, new, _ in CONTRACT_FAULTS:
        change(name, old, new)
    found = errors(check("contract"))
    for *_, said in CONTRACT_FAULTS:
        assert any(said in error for error in found), (said, found)


def test_a_hook_that_imports_torch(change: Callable[[str, str, str], None], check: Check) -> None:
    change("__init__.py", "from dltutor.hookspecs", "import torch\nfrom dltutor.hookspecs")
    change("__init__.py", 'requires=("torch"', 'requires=("no_such_package"')
    found = check("contract")
    assert any("imports torch" in error for error in errors(found))
    assert any("no_such_package missing" in str(f) for f in found if f.level == "warning")


FOLDER = "exercises/01-mean-squared-error"
RIGHT = "return error.square().mean(), 2 * (error * x).mean(), 2 * error.mean()"


EXERCISE_FAULTS = [
    ("solution.py", "2 * error.mean()", "error.mean()", "the solution fails: the derivatives"),
    ("check.py", " || 一个点也可以", "", "check_one_point has no docstring"),
    ("starter.py", "return error, w, b", RIGHT, "the starter passes"),
    ("exercise.toml", 'lesson = "descent"', 'lesson = "gone"', "no lesson 'gone'"),
    ("exercise.toml", ', zh = "直线的误差与梯度" }', " }", "title has no text in zh"),
    ("statement.zh.md", "只有一个点时", "只有1个点时", "no space between"),
    ("statement.en.md", "$wx + b$", "$\\foo$", "\\foo"),
]


def test_faults_of_exercises(change: Callable[[str, str, str], None], check: Check) -> None:
    for name, old, new, _ in EXERCISE_FAULTS:
        change(f"{FOLDER}/{name}", old, new)
    found = errors(check("exercises"))
    for *_, said in EXERCISE_FAULTS:
        assert any(said in error for error in found), (said, found)


def test_a_numbered_chapter_needs_more(
    change: Callable[[str, str, str], None], check: Check
) -> None:
    change("__init__.py", 'slug="gate-sample"', 'slug="gate-sample", number=99')
    found = errors(check("contract", "quiz"))
    assert any("the id 'gate-sample'" in error for error in found)
    assert any("5 questions; a chapter of the book has 10" in error for error in found)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("网络,层", "half-width"),
        ("网络(MLP)", "half-width"),
        ("结束.", "half-width"),
        ("用PyTorch训练", "no space"),
        ("共10层", "no space"),
        ("共`n`层", "no space"),
        ("当$x$时", "no space"),
        ("网络， 层", "a space beside"),
        ("ＭＬＰ 网络", "full-width letters"),
    ],
)
def test_chinese_offences(text: str, said: str) -> None:
    assert any(said in message for _, message in chinese.problems(text))


@pytest.mark.parametrize(
    "text",
    [
        "用 PyTorch 训练 10 层网络，准确率 98.5%。",
        "**动手试试。** 运行 `dltutor run 3`，看损失。",
        "多层感知机（multilayer perceptron，MLP）",
        "见[文档](https://example.org/a,b(c))。",
        "| 层 | `Linear(3, 4)` |",
        "公式 $f(x, y)$ 与 `a(b, c)`。",
        "1. 第一\n- 第二\n## 标题",
        "plain English, with (brackets).",
        "“引号”——破折号……",
        "`a`、`b` 和 $c$",
    ],
)
def test_good_chinese_is_left_alone(text: str) -> None:
    assert list(chinese.problems(text)) == []


def test_findings_are_data(change: Callable[[str, str, str], None], check: Check) -> None:
    from dataclasses import asdict

    change(EN, "https://d2l.ai", "http://d2l.ai")
    (finding,) = check("lessons")
    data = json.loads(json.dumps(asdict(finding)))
    assert data["level"] == "error"
    assert data["area"] == "lessons"
    assert data["line"] > 60
