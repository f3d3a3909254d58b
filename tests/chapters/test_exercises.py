"""The exercises of every chapter: their checks know right from wrong, however it is written.

``answers/chapterNN.py`` holds two tables. ``ANSWERS``, exercise to name to change, are written
differently from the solution and right. ``MISTAKES``, exercise to name to (case, change), are what
people write; the case has to notice it. A change that begins with a line break is put behind the
solution, so that its definitions replace the solution's; ``"old -> new"`` replaces text that
stands in the solution once.
"""

from __future__ import annotations

import runpy
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from dltutor import registry

Judge = Callable[..., dict[str, str]]
Source = Callable[[str, str, str], str]

FILES = sorted(Path(__file__).with_name("answers").glob("chapter*.py"))
TABLES = {f"chapter{int(file.stem[7:])}": runpy.run_path(str(file)) for file in FILES}
CHAPTERS = {
    entry.chapter.id: entry.chapter
    for entry in registry.entries()
    if entry.chapter and entry.chapter.content.startswith("dltutor_content.")
}
EXERCISES = [
    pytest.param(chapter, file.parent.name, id=f"{chapter}: {file.parent.name}")
    for chapter in TABLES
    if chapter in CHAPTERS
    for file in sorted(
        Path(import_module(CHAPTERS[chapter].content).__path__[0]).glob("exercises/*/exercise.toml")
    )
]


def each(table: str) -> list[Any]:
    return [
        pytest.param(chapter, exercise, value, id=f"{chapter}: {exercise}: {name}")
        for chapter, tables in TABLES.items()
        for exercise, entries in tables[table].items()
        for name, value in entries.items()
    ]


def changed(solution: str, change: str) -> str:
    if change.startswith("\n"):
        return f"{solution}\n{change}"
    old, arrow, new = change.partition(" -> ")
    assert arrow
    assert solution.count(old) == 1, f"{old!r} does not stand in the solution once"
    return solution.replace(old, new)


@pytest.mark.parametrize("chapter", sorted(CHAPTERS))
def test_every_exercise_is_tried(chapter: str) -> None:
    tables: Mapping[str, Any] = TABLES[chapter]
    names = {parameter.values[1] for parameter in EXERCISES if parameter.values[0] == chapter}
    assert set(tables["MISTAKES"]) == names
    assert set(tables["ANSWERS"]) <= names
    assert not any(entries == {} for entries in tables["MISTAKES"].values())


@pytest.mark.filterwarnings("ignore")  # some checks give nonsense on purpose
@pytest.mark.parametrize(("chapter", "exercise"), EXERCISES)
def test_the_solution_passes_whatever_the_seed_and_the_starter_never(
    chapter: str, exercise: str, judge: Judge, source: Source
) -> None:
    for seed in range(3):
        outcome = judge(chapter, exercise, source(chapter, exercise, "solution"), seed)
        assert not any(outcome.values()), outcome
    assert any(judge(chapter, exercise, source(chapter, exercise, "starter")).values())


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("chapter", "exercise", "answer"), each("ANSWERS"))
def test_another_right_answer_passes(
    chapter: str, exercise: str, answer: str, judge: Judge, source: Source
) -> None:
    outcome = judge(chapter, exercise, changed(source(chapter, exercise, "solution"), answer))
    assert not any(outcome.values()), outcome


@pytest.mark.filterwarnings("ignore")  # wrong code overflows, divides by 0, broadcasts
@pytest.mark.parametrize(("chapter", "exercise", "mistake"), each("MISTAKES"))
def test_a_mistake_is_noticed(
    chapter: str, exercise: str, mistake: tuple[str, str], judge: Judge, source: Source
) -> None:
    case, change = mistake
    outcome = judge(chapter, exercise, changed(source(chapter, exercise, "solution"), change))
    assert case in [name for name, problem in outcome.items() if problem]
