"""Checks that what a lesson tells one to type is right: demos, presets, keys and their ranges."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from dltutor import content
from dltutor.chapter import LANGUAGES, Chapter, Param, Parameter, assign
from dltutor.content import Embedded, Part, TryIt
from dltutor.errors import ContentError, UsageError
from dltutor.learning.lint.report import Reporter


def check(report: Reporter, chapter: Chapter, told: dict[str, Any]) -> None:
    """``told`` is what ``probe`` tells: the parameters of the configuration and of each demo."""
    demos = {name: _parameters(data) for name, data in told["demos"].items()}
    config = None if told["config"] is None else _parameters(told["config"])
    for lang in LANGUAGES:
        try:
            found = [
                (lesson.file, line, part)
                for lesson in content.lessons(chapter, lang)
                for line, part in content.numbered_parts(lesson)
            ]
        except ContentError:
            return  # the lessons' own check says so
        for file, line, part in found:
            try:
                _part(part, chapter, demos, config)
            except UsageError as error:
                report.error(str(error), file, line)


def _parameters(data: Sequence[dict[str, Any]]) -> tuple[Parameter, ...]:
    kinds = {"bool": bool, "int": int, "float": float, "str": str}
    return tuple(
        Parameter(
            p["name"], kinds[p["kind"]], p["default"],
            Param("", low=p["low"], high=p["high"]), tuple(p["choices"]),
        )
        for p in data
    )  # fmt: skip


def _part(
    part: Part,
    chapter: Chapter,
    demos: dict[str, tuple[Parameter, ...]],
    config: tuple[Parameter, ...] | None,
) -> None:
    if isinstance(part, Embedded) and part.demo in demos:
        assign(demos[part.demo], part.settings)
    if not isinstance(part, TryIt):
        return
    try:
        words = shlex.split(part.command)
    except ValueError as error:
        raise UsageError(f"{part.command!r} is no command: {error}") from None
    names = {chapter.id, chapter.slug, str(chapter.number)}
    if len(words) < 3 or words[0] != "dltutor" or words[2] not in names:
        return
    action, rest = words[1], words[3:]
    settings = [value for option, value in pairwise(rest) if option == "--set"]
    if action == "demo":
        name = rest[0] if rest and not rest[0].startswith("-") else next(iter(demos), "")
        if name in demos:
            assign(demos[name], settings)
        elif demos:
            raise UsageError(f"the chapter has no demo {name!r}", f"it has: {', '.join(demos)}")
    elif action in ("run", "model") and config is not None and chapter.training is not None:
        assign(config, settings)
        preset = next((value for option, value in pairwise(rest) if option == "--preset"), "")
        if preset and preset not in chapter.training.presets:
            known = ", ".join(chapter.training.presets)
            raise UsageError(f"there is no preset {preset!r}", f"one of {known}")
