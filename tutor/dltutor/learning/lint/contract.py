"""Checks what a chapter promises: its hook, its references, its configuration, its demos."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from dltutor import content, registry
from dltutor.chapter import Chapter, Reference
from dltutor.errors import ContentError
from dltutor.learning.lint import Finding, commands
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
    commands.check(report, chapter, told)
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


def probed(target: str, name: str) -> dict[str, Any]:
    """What ``probe`` tells: problems, and the parameters of the configuration and of the demos."""
    result = run_python(["-m", "dltutor.learning.lint.probe", target, name], SECONDS)
    try:
        data = json.loads(result.output)
    except ValueError:
        last = (result.errors.strip() or "it ended without a word").splitlines()[-1]
        why = f"not loaded after {SECONDS} s" if result.timed_out else f"in a fresh process: {last}"
        return {"problems": [("hook", why)], "demos": {}, "config": None}
    assert isinstance(data, dict)
    return data
