"""Checks a chapter's questions: their form, and that what they call right is right."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from dltutor import content
from dltutor.chapter import Chapter, Text, pick
from dltutor.errors import ContentError, TutorError
from dltutor.learning.lint import LEAST_KINDS, LEAST_QUESTIONS, Finding, chinese
from dltutor.learning.lint.child import run_python
from dltutor.learning.lint.report import Reporter, line_of, texts
from dltutor.learning.questions import Question, grade, present, questions, solution
from dltutor.text import width

SECONDS: Final = 120
CODE_COLUMNS: Final = 76
SEEDS: Final = (0, 1, 2)


def check(chapter: Chapter, target: str) -> list[Finding]:  # noqa: ARG001 - the areas are called alike
    """Findings about the quiz."""
    report = Reporter("quiz")
    try:
        file = content.folder(chapter) / "quiz.toml"
        found = questions(chapter)
        slugs = {lesson.slug for lesson in content.lessons(chapter, "en")}
    except TutorError as error:
        report.caught(error)
        return report.found
    if chapter.number is not None:
        kinds = len({question.kind for question in found})
        if len(found) < LEAST_QUESTIONS:
            report.error(
                f"{len(found)} questions; a chapter of the book has {LEAST_QUESTIONS}", file
            )
        if kinds < LEAST_KINDS:
            report.error(
                f"{kinds} kinds of question; a chapter of the book has {LEAST_KINDS}", file
            )
    unasked = slugs - {question.lesson for question in found}
    if found and unasked:
        report.warning(f"no question is about {', '.join(sorted(unasked))}", file)
    for question in found:
        short = question.id.partition("/")[2]
        _one(report, question, slugs, file, line_of(file, rf"""^\s*id\s*=\s*["']{short}["']"""))
    _run_code(report, found, file)
    return report.found


def _one(report: Reporter, question: Question, slugs: set[str], file: Path, line: int) -> None:
    def error(message: str) -> None:
        report.error(f"{question.id}: {message}", file, line)

    if question.lesson not in slugs:
        error(f"there is no lesson {question.lesson!r}")
    for what, text in _texts(question):
        where = f"{question.id}: {what}"
        report.both_languages(text, where, file, line)
        for lang, words in texts(text):
            try:
                content.inline_formulas(words)
            except ContentError as problem:
                error(f"{what}: {problem}")
            if lang == "zh":
                for _, message in chinese.problems(words):
                    report.error(f"{where}: {message}", file, line)
    for code in question.code.split("\n"):
        if width(code) > CODE_COLUMNS:
            error(f"code is {width(code)} columns wide; {CODE_COLUMNS} fit")
    for choice in question.choices:
        if not choice.why:
            error(f"no why for the choice {str(choice.text)[:40]!r}")
    if question.kind == "choice" and _tell_tale(question):
        report.warning(
            f"{question.id}: the right choice is much longer than the others", file, line
        )
    if question.kind in ("number", "text", "shape", "output") and not question.wrong:
        report.warning(f"{question.id}: no wrong answer is foreseen and explained", file, line)
    for seed in SEEDS:
        _grading(question, seed, error)


def _texts(question: Question) -> Iterator[tuple[str, Text]]:
    yield "prompt", question.prompt
    yield "hint", question.hint
    yield "explain", question.explain
    for number, choice in enumerate(question.choices, 1):
        yield f"choice {number}", choice.text
        if choice.why:
            yield f"why of choice {number}", choice.why
    for wrong in question.wrong:
        yield f"why of {wrong.answer!r}", wrong.why
    for number, item in enumerate(question.items, 1):
        yield f"item {number}", item
    for number, (left, right) in enumerate(question.pairs, 1):
        yield f"left {number}", left
        yield f"right {number}", right


def _tell_tale(question: Question) -> bool:
    def size(text: Text) -> int:
        return max((width(words) for _, words in texts(text)), default=0)

    right = [size(c.text) for c in question.choices if c.right]
    wrong = [size(c.text) for c in question.choices if not c.right]
    return bool(right and wrong) and max(right) > 40 and max(right) > 1.6 * max(wrong)


def _grading(question: Question, seed: int, error: Any) -> None:
    """The stated answer is right, every other one that the question names is wrong."""
    shown = present(question, seed)
    verdict = grade(shown, solution(shown))
    if not verdict.right:
        why = f" ({pick(verdict.problem, 'en')})" if verdict.problem else ""
        error(f"its own answer {solution(shown)!r} is judged wrong{why}")
    for answer in _wrong_answers(shown, solution(shown)):
        verdict = grade(shown, answer)
        if verdict.right:
            error(f"the wrong answer {answer!r} is judged right")
        elif verdict.problem:
            error(f"the wrong answer {answer!r} is not understood: {pick(verdict.problem, 'en')}")
        elif not verdict.explanation and question.kind != "choices":
            error(f"the wrong answer {answer!r} is not explained")


def _wrong_answers(shown: Any, right: str) -> Iterator[str]:
    question: Question = shown.question
    letters = [option.letter for option in shown.options]
    if question.kind == "choice":
        yield from (letter for letter in letters if letter != right)
    elif question.kind == "choices":
        picked = set(right.split())
        for letter in letters:
            others = picked ^ {letter}
            if others:
                yield " ".join(sorted(others))
    elif question.kind == "order":
        given = right.split()
        yield " ".join([*given[1:], given[0]])
    elif question.kind == "match":
        given = right.split()
        turned = [pair[-1] for pair in given]
        turned = [*turned[1:], turned[0]]
        if len(set(turned)) > 1:
            yield " ".join(
                f"{pair[:-1]}{letter}" for pair, letter in zip(given, turned, strict=True)
            )
    for wrong in question.wrong:
        yield str(wrong.answer)


def _run_code(report: Reporter, found: tuple[Question, ...], file: Path) -> None:
    """Runs the code of ``shape`` and ``output`` questions and compares the stated answers."""
    asked = [q for q in found if q.kind in ("shape", "output")]
    if importlib.util.find_spec("torch") is None:
        skipped = [q for q in asked if q.kind == "shape" or "torch" in q.code]
        if skipped:
            report.warning(
                f"torch is missing: the code of {len(skipped)} questions was not run", file
            )
        asked = [q for q in asked if q not in skipped]
    if not asked:
        return
    data = [{"kind": q.kind, "code": q.code, "input": list(q.input)} for q in asked]
    outcome = run_python(["-m", "dltutor.learning.lint.snippets"], SECONDS, json.dumps(data))
    try:
        answers = json.loads(outcome.output)
    except ValueError:
        last = (
            "too slow"
            if outcome.timed_out
            else (outcome.errors.strip() or "no answer").splitlines()[-1]
        )
        report.error(f"the code of the questions could not be run: {last}", file)
        return
    for question, answer in zip(asked, answers, strict=True):
        short = question.id.partition("/")[2]
        line = line_of(file, rf"""^\s*id\s*=\s*["']{short}["']""")
        if "problem" in answer:
            report.error(f"{question.id}: its code fails: {answer['problem']}", file, line)
            continue
        came = tuple(answer["answer"]) if question.kind == "shape" else answer["answer"]
        if not _same(came, question):
            report.error(
                f"{question.id}: answer = {question.answer!r}, but running it gives {came!r}",
                file,
                line,
            )


def _same(came: Any, question: Question) -> bool:
    if question.kind == "shape":
        return bool(came == question.answer)
    lines = [line.rstrip() for line in str(came).strip().split("\n")]
    return lines == [line.rstrip() for line in str(question.answer).strip().split("\n")]
