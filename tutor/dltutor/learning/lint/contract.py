"""Checks what a chapter promises: its hook, its references, its configuration, its demos."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from dltutor import content, registry
from dltutor.chapter import Chapter, Reference
from dltutor.errors import ContentError
from dltutor.learning.lint import Finding
from dltutor.learning.lint.child import run_python
from dltutor.learning.lint.report import Reporter

SECONDS: Final = 120


def check(chapter: Chapter, target: str) -> list[Finding]:
    """Findings about the contract."""
    report = Reporter("contract")
    try:
        file: Path | str = content.module_file(target)
    except ContentError as error:
        report.caught(error)
        file = ""
    if chapter.number is not None and chapter.id != f"chapter{chapter.number}":
        report.error(f"chapter number {chapter.number} has the id {chapter.id!r}", file)
    for what, text in _texts(chapter):
        report.both_languages(text, what, file)
    for what, reference in _references(chapter):
        try:
            content.source_of(reference)
        except ContentError as error:
            report.error(f"{what}: {error}", file)
    if chapter.requires and not chapter.install:
        report.error("requires names packages, install does not say what brings them", file)
    _imports(report, chapter, target)
    names = [demo.name for demo in chapter.demos]
    for name in sorted({name for name in names if names.count(name) > 1}):
        report.error(f"two demos are called {name!r}", file)
    told = probed(target, chapter.id)
    for what, message in told["problems"]:
        report.error(f"{what}: {message}", file)
    missing = registry.missing_packages(chapter)
    if missing:
        report.warning(
            f"{', '.join(missing)} missing: training, demos and exercises were not tried", file
        )
    _settings_in_lessons(report, chapter, told["demos"])
    return report.found


def _imports(report: Reporter, chapter: Chapter, target: str) -> None:
    """Every package that the chapter's modules import at their top must stand in ``requires``."""
    import ast
    import sys

    known = {*sys.stdlib_module_names, *chapter.requires, "dltutor", target.partition(".")[0]}
    for module in sorted({reference.partition(":")[0] for _, reference in _references(chapter)}):
        try:
            file = content.module_file(module)
            body = ast.parse(content.read_text(file)).body
        except (ContentError, SyntaxError):
            continue  # told elsewhere
        for node in body:
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names = [node.module]
            for name in names:
                top = name.partition(".")[0]
                if top not in known:
                    report.error(f"imports {top}, which requires does not name", file, node.lineno)


def _texts(chapter: Chapter) -> Iterator[tuple[str, Any]]:
    yield "title", chapter.title
    yield "summary", chapter.summary
    if chapter.training is not None:
        yield "training.builtin", chapter.training.builtin
        if chapter.training.own_data:
            yield "training.own_data", chapter.training.own_data
    for demo in chapter.demos:
        yield f"demo {demo.name}: title", demo.title


def _references(chapter: Chapter) -> Iterator[tuple[str, Reference]]:
    training = chapter.training
    if training is not None:
        yield "training.config", training.config
        yield "training.routine", training.routine
        if training.predict is not None:
            yield "training.predict", training.predict
        if training.model is not None:
            yield "training.model", training.model
    for demo in chapter.demos:
        yield f"demo {demo.name}", demo.function
        if demo.screen is not None:
            yield f"demo {demo.name}: screen", demo.screen


def probed(target: str, name: str) -> dict[str, Any]:
    """What ``probe`` tells about a chapter: its problems, and the parameters of its demos."""
    result = run_python(["-m", "dltutor.learning.lint.probe", target, name], SECONDS)
    if result.timed_out:
        return {"problems": [("hook", f"not loaded after {SECONDS} s")], "demos": {}}
    try:
        data = json.loads(result.output)
    except ValueError:
        last = (result.errors.strip() or "it ended without a word").splitlines()[-1]
        return {
            "problems": [("hook", f"loading it in a fresh process failed: {last}")],
            "demos": {},
        }
    assert isinstance(data, dict)
    return data


def _settings_in_lessons(
    report: Reporter, chapter: Chapter, demos: dict[str, list[dict[str, Any]]]
) -> None:
    """Settings of embedded demos must be parameters of theirs, within the range."""
    for lang in ("en", "zh"):
        try:
            found = content.lessons(chapter, lang)
            embedded = [
                (lesson, line, part)
                for lesson in found
                for line, part in content.numbered_parts(lesson)
                if isinstance(part, content.Embedded) and part.demo in demos
            ]
        except ContentError:
            return  # the lessons' own check says so
        for lesson, line, part in embedded:
            known = {p["name"]: p for p in demos[part.demo]}
            for setting in part.settings:
                problem = _setting(known, setting)
                if problem:
                    report.error(f"demo {part.demo}: {problem}", lesson.file, line)


def _setting(known: dict[str, dict[str, Any]], setting: str) -> str:
    key, _, text = setting.partition("=")
    if key not in known:
        return f"it has no {key!r}; it has: {', '.join(known) or 'none'}"
    about = known[key]
    if about["choices"]:
        return (
            "" if text in about["choices"] else f"{setting}: one of {', '.join(about['choices'])}"
        )
    if about["kind"] == "bool":
        return (
            ""
            if re.fullmatch("true|false|yes|no|on|off|0|1", text.lower())
            else f"{setting}: true or false"
        )
    if about["kind"] not in ("int", "float"):
        return ""
    try:
        value = int(text) if about["kind"] == "int" else float(text)
    except ValueError:
        return f"{setting} is no number"
    low, high = about["low"], about["high"]
    if (low is not None and value < low) or (high is not None and value > high):
        return f"{setting} is out of range"
    return ""
