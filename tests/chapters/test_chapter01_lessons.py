"""Chapter 1's lessons and questions: the figures in them are computed again."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction
from statistics import mean, median

import pytest
import torch

from dltutor import content
from dltutor.learning.questions import Question, grade, present, questions, solution
from dltutor_plugins.chapter01_intro import dltutor_chapter, graphs, methods, timeline, ways
from dltutor_plugins.chapter01_intro.data import prepare
from dltutor_plugins.chapter01_intro.model import Network
from dltutor_plugins.chapter01_intro.playground import playground

CHAPTER = dltutor_chapter()
SLUGS = ("three-ways", "history", "limits", "pytorch", "compile", "measure", "path")


def lesson(slug: str, lang: str) -> str:
    return content.find_lesson(CHAPTER, slug, lang).body


def pixel_counts(label: int) -> tuple[int, int]:
    """In how many training pictures of a digit the pixel beside the centre held ink, and of how many."""
    train = ways.digits().train
    of_class = train.x[train.y == label, 0, 14, 14]
    return int((of_class > methods.INK).sum()), len(of_class)


def parameters(width: int) -> str:
    return f"{sum(p.numel() for p in Network(width).parameters()):,}"


def right(shift: int, noise: float, way: int) -> str:
    """The share that the rule or the counts get right; the network's varies with the machine."""
    x, y = ways.digits().test.x, ways.digits().test.y
    moved = ways.disturb(x, shift, noise)
    said = (
        methods.rule(moved) if way == 0 else methods.most_likely(ways.counts(), moved).argmax(dim=1)
    )
    return f"{100 * methods.accuracy(said, y):.1f}"


def claims() -> list[tuple[str, str]]:
    zero, one = pixel_counts(0), pixel_counts(1)
    z = [0.5 * 1 + 0.1, -1.0 * 2 + 0.1]
    slopes = [1 - math.tanh(v) ** 2 for v in z]
    ms = [30_000, 4.2, 4.1, 4.3, 4.1, 4.2, 19.0, 4.1, 4.2, 4.2]
    return [
        ("three-ways", str(zero[1])),
        ("three-ways", f"{one[0]}"),
        ("three-ways", f"{math.log(1 - Fraction(zero[0] + 1, zero[1] + 2)):.3f}"),
        ("three-ways", f"{math.log(1 - Fraction(one[0] + 1, one[1] + 2)):.3f}"),
        ("three-ways", f"{len(ways.digits().train.y):,}"),
        ("three-ways", parameters(128)),
        ("three-ways", right(0, 0.0, 0)),
        ("three-ways", right(0, 0.0, 1)),
        ("three-ways", right(4, 0.0, 0)),
        ("three-ways", right(4, 0.0, 1)),
        ("three-ways", right(0, 0.25, 0)),
        ("three-ways", right(0, 0.25, 1)),
        ("pytorch", parameters(256)),
        *(("pytorch", f"{math.tanh(v):.3f}") for v in z),
        *(("pytorch", f"{slope:.3f}") for slope in slopes),
        ("pytorch", f"{sum(slopes):.3f}"),
        ("pytorch", f"{sum(map(math.tanh, z)):.3f}"),
        ("measure", f"{mean(ms):,.0f} ms"),
        ("measure", f"{mean(ms[1:]):.1f} ms"),
        ("measure", f"{median(ms):.1f} ms"),
        ("compile", f"`{' '.join(graphs.capture('branch', False)[0].graphs[0])}`"),
        ("compile", f"`{' '.join(graphs.capture('branch', False)[0].graphs[1])}`"),
        ("compile", " 8 "),
    ]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_figures_in_the_lessons_are_what_comes_out(lang: str) -> None:
    for slug, figure in claims():
        assert figure in lesson(slug, lang), (slug, figure)


def test_the_network_of_the_first_lesson_does_about_what_it_says() -> None:
    # trained in float32 with a fixed seed: another machine may round another way
    test, model = ways.digits().test, ways.network_to_ask(None).model
    expected = {(0, 0.0): 0.942, (4, 0.0): 0.134, (0, 0.25): 0.747}
    with torch.inference_mode():
        for (shift, noise), share in expected.items():
            x = ways.disturb(test.x, shift, noise)
            said = model(prepare(x)).argmax(dim=1)
            assert methods.accuracy(said, test.y) == pytest.approx(share, abs=0.04)
            assert f"{100 * share:.1f}" in lesson("three-ways", "en")
        generator = torch.Generator().manual_seed(0)
        noise = torch.randint(0, 256, (1000, 1, 28, 28), generator=generator, dtype=torch.uint8)
        surest = model(prepare(noise)).softmax(dim=1).amax(dim=1).mean().item()
    assert surest == pytest.approx(0.77, abs=0.1)
    assert "0.77" in lesson("limits", "en")
    assert "0.77" in lesson("limits", "zh")


def test_the_table_of_the_perceptron_is_what_the_rule_does() -> None:
    w1 = w2 = b = 0
    rows = []
    for x1, x2, target in [(0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 1)] * 3:
        answer = int(w1 * x1 + w2 * x2 + b > 0)
        w1, w2, b = w1 + (target - answer) * x1, w2 + (target - answer) * x2, b + target - answer
        rows.append((x1, x2, target, answer, w1, w2, b))
    for lang in ("en", "zh"):
        table = lesson("history", lang).partition("```text\n")[2].partition("```")[0]
        shown = [tuple(map(int, line.split()[:7])) for line in table.splitlines()[1:]]
        assert shown == rows[:9]
    assert all(row[4:] == (1, 1, 0) for row in rows[8:])
    assert all(row[2] == row[3] for row in rows[9:])


def test_the_years_in_the_lessons_are_those_of_the_timeline() -> None:
    known = {entry.year for entry in timeline.ENTRIES}
    for lang in ("en", "zh"):
        for year in (1943, 1949, 1957, 1960, 1969, 1982, 1986, 1989, 2012, 2015, 2017, 2018):
            assert str(year) in lesson("history", lang)
            assert year in known
        for year in (2002, 2016, 2023):
            assert str(year) in lesson("pytorch", lang)
            assert year in known


def test_the_recompile_limit_is_the_one_that_the_lesson_names() -> None:
    import torch._dynamo.config

    assert torch._dynamo.config.recompile_limit == 8


def test_the_map_names_every_chapter_once() -> None:
    for lang in ("en", "zh"):
        rows = [
            line
            for line in lesson("path", lang).splitlines()
            if line.startswith("| ") and line[2].isdigit()
        ]
        assert [int(line.split("|")[1]) for line in rows] == list(range(1, 16))


def test_broadcasting_and_whole_numbers_are_as_the_lesson_warns() -> None:
    table, _ = playground("x + w", x="[1, 2, 3]", w="[[1.0], [2], [3]]", b="")
    rows = {row[0]: row for row in table.rows}  # type: ignore[union-attr]
    assert rows["x + w"][2] == "(3, 3)"
    assert rows["x"][3] == "int64"
    assert rows["w"][3] == "float32"


@pytest.mark.parametrize("slug", SLUGS)
def test_both_languages_show_the_same_code_demos_and_commands(slug: str) -> None:
    here, there = (content.parts(content.find_lesson(CHAPTER, slug, lang)) for lang in ("en", "zh"))
    for kind in (content.Embedded, content.Formula):
        assert [p for p in here if isinstance(p, kind)] == [p for p in there if isinstance(p, kind)]
    symbols, tries = (
        [
            [p.symbol for p in one if isinstance(p, content.Listing) and p.symbol]
            for one in (here, there)
        ],
        [[p.command for p in one if isinstance(p, content.TryIt)] for one in (here, there)],
    )
    assert symbols[0] == symbols[1]
    assert tries[0] == tries[1]
    assert tries[0]
    assert "@" not in lesson(slug, "en").replace("a @", "").replace("x @", "")


# --- questions

QUESTIONS = {q.id.partition("/")[2]: q for q in questions(CHAPTER)}


def test_every_lesson_is_asked_and_seven_kinds_are_used() -> None:
    assert 14 <= len(QUESTIONS) <= 20
    assert set(Counter(q.lesson for q in QUESTIONS.values())) == set(SLUGS)
    assert len({q.kind for q in QUESTIONS.values()}) >= 7


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=list(QUESTIONS))
def test_right_is_right_and_wrong_is_wrong_with_its_reason(question: Question) -> None:
    shown = present(question, 5)
    assert grade(shown, solution(shown)).right
    for wrong in question.wrong:
        verdict = grade(shown, str(wrong.answer))
        assert not verdict.right
        assert verdict.explanation == wrong.why


def number(name: str) -> float:
    answer = QUESTIONS[name].answer
    assert isinstance(answer, int | float)
    return float(answer)


def test_the_numbers_of_the_questions_are_what_comes_out() -> None:
    assert number("pixel-share") == pytest.approx(10 / 42, rel=0.005)
    assert number("accuracy-of-groups") == pytest.approx(100 * (900 * 0.99 + 100 * 0.7) / 1000)
    assert number("break-even") == round(24_000 / (5.0 - 4.2))
    x, w = [3, 1], [1, -2]
    answer = sum(a * b for a, b in zip(x, w, strict=True)) > 0
    assert number("perceptron-step") == w[0] + (0 - answer) * x[0]


def captured(function: object, lengths: list[int]) -> list[int]:
    """How many graphs each call gave, one call a length."""
    torch.compiler.reset()
    recorder = graphs.Recorder()
    compiled = torch.compile(function, backend=recorder)  # type: ignore[call-overload]
    new = []
    for length in lengths:
        before = len(recorder.graphs)
        compiled(torch.linspace(0.1, 1, length))
        new.append(len(recorder.graphs) - before)
    return new


def two_branches(x: torch.Tensor) -> torch.Tensor:
    y = x.sin()
    if y.sum() > 0:
        y = -y
    y = y.cos()
    if y.sum() > 1:
        y = y * 2
    return y.sum()


def test_the_graphs_of_the_questions_are_what_dynamo_captures() -> None:
    assert sum(captured(two_branches, [5])) == number("two-branches")
    assert sum(captured(graphs.straight, [4, 4, 7, 9, 5])) == number("captures-by-length")
    with pytest.raises(RuntimeError):
        torch.compile(graphs.branch, backend=graphs.Recorder(), fullgraph=True)(torch.ones(3))
