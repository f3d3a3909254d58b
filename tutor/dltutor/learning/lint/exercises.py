"""Checks a chapter's exercises by doing them: the starter must fail, the solution must pass."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dltutor import content, registry
from dltutor.chapter import LANGUAGES, Chapter
from dltutor.errors import ContentError, TutorError
from dltutor.learning.lint import LEAST_EXERCISES, Finding, chinese
from dltutor.learning.lint.report import Reporter, texts


def check(chapter: Chapter, target: str) -> list[Finding]:  # noqa: ARG001 - the areas are called alike
    """Findings about the exercises."""
    from dltutor.learning.exercises import exercises

    report = Reporter("exercises")
    try:
        folder = content.folder(chapter) / "exercises"
        found = exercises(chapter)
        slugs = {lesson.slug for lesson in content.lessons(chapter, "en")}
    except TutorError as error:
        report.caught(error)
        return report.found
    if chapter.number is not None:
        if len(found) < LEAST_EXERCISES:
            report.error(
                f"{len(found)} exercises; a chapter of the book has {LEAST_EXERCISES}", folder
            )
        if not any(exercise.bughunt for exercise in found):
            report.error("no exercise is a bug hunt", folder)
    seen: set[str] = set()
    for exercise in found:
        if exercise.id in seen:
            report.error(f"the id {exercise.id!r} stands twice", exercise.folder / "exercise.toml")
        seen.add(exercise.id)
        _texts(report, exercise, slugs)
    missing = registry.missing_packages(chapter)
    if missing and found:
        report.warning(f"{', '.join(missing)} missing: the exercises were not tried", folder)
    else:
        for exercise in found:
            _do(report, exercise)
    return report.found


def _texts(report: Reporter, exercise: Any, slugs: set[str]) -> None:
    file: Path = exercise.folder / "exercise.toml"
    if exercise.lesson not in slugs:
        report.error(f"there is no lesson {exercise.lesson!r}", file)
    if not exercise.hints:
        report.error("there is no hint", file)
    named = [("title", exercise.title), ("note", exercise.note)]
    named += [(f"hint {number}", hint) for number, hint in enumerate(exercise.hints, 1)]
    for what, text in named:
        if not text:
            report.error(f"there is no {what}", file)
            continue
        report.both_languages(text, what, file)
        for lang, words in texts(text):
            _words(report, words, what, lang, file)
    for lang in LANGUAGES:
        statement = exercise.folder / f"statement.{lang}.md"
        try:
            _words(report, content.read_text(statement), "", lang, statement)
        except ContentError as error:
            report.caught(error)
    _checks(report, exercise.check_path)
    for name in ("starter.py", "solution.py", "check.py"):
        try:
            for number, line in enumerate(content.read_text(exercise.folder / name).split("\n"), 1):
                if "\t" in line:
                    report.error("a tab", exercise.folder / name, number)
        except ContentError as error:
            report.caught(error)


def _checks(report: Reporter, file: Path) -> None:
    """Each check says in both languages what it checks."""
    import ast

    try:
        body = ast.parse(content.read_text(file)).body
    except SyntaxError as error:
        report.error(error.msg, file, error.lineno or 0)
        return
    checks = [n for n in body if isinstance(n, ast.FunctionDef) and n.name.startswith("check_")]
    if not checks:
        report.error("there is no check_… function", file)
    for node in checks:
        english, bars, other = (ast.get_docstring(node) or "").partition("||")
        if not (english.strip() and bars and other.strip()):
            report.error(f'{node.name} has no docstring "English || 中文"', file, node.lineno)


def _words(report: Reporter, markdown: str, what: str, lang: str, file: Path) -> None:
    where = f"{what}: " if what else ""
    try:
        content.inline_formulas(markdown)
    except ContentError as error:
        report.error(f"{where}{error}", file)
    if lang == "zh":
        for number, message in chinese.problems(markdown):
            report.error(f"{where}{message}", file, 0 if what else number + 1)


def _do(report: Reporter, exercise: Any) -> None:
    from dltutor.learning.exercises import check as judge

    for name, should_pass in (("starter.py", False), ("solution.py", True)):
        file: Path = exercise.folder / name
        if not file.is_file():
            continue
        result = judge(exercise, file)
        if should_pass and not result.passed:
            report.error(f"{exercise.id}: the solution fails: {_why(result)}", file)
        elif not should_pass and result.passed:
            report.error(f"{exercise.id}: the starter passes, so there is nothing to do", file)


def _why(result: Any) -> str:
    if result.problem:
        return str(result.problem)
    failed = [case for case in result.cases if not case.passed]
    if not failed:
        return "no check was run"
    return f"{failed[0].title}: {' '.join(failed[0].message.split())}"[:300]
