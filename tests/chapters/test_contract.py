"""The one test that every installed chapter must pass, ours and anyone else's."""

from __future__ import annotations

import pytest

from dltutor import content, drawing, prose, registry
from dltutor.chapter import LANGUAGES, Chapter
from dltutor.learning import lint
from dltutor.text import width

ENTRIES = registry.entries()
CHAPTERS = [
    pytest.param(entry.chapter, entry.target, id=entry.name)
    for entry in ENTRIES
    if entry.chapter is not None
]


def test_every_chapter_loads() -> None:
    assert {entry.name: entry.problem for entry in ENTRIES if entry.problem} == {}


@pytest.mark.parametrize(
    "area",
    [
        "contract",
        "lessons",
        pytest.param("quiz", marks=pytest.mark.slow),
        pytest.param("exercises", marks=pytest.mark.slow),
    ],
)
@pytest.mark.parametrize(("chapter", "target"), CHAPTERS)
def test_the_gate_finds_no_fault(chapter: Chapter, target: str, area: str) -> None:
    found = lint.check(chapter, target, [area])
    assert [str(finding) for finding in found if finding.level == "error"] == []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("chapter", "target"), CHAPTERS)
def test_every_lesson_can_be_read_in_80_columns(chapter: Chapter, target: str, lang: str) -> None:
    lessons = content.lessons(chapter, lang)
    assert lessons
    for lesson in lessons:
        assert lesson.lang == lang
        lines = list(prose.lesson(lesson, 80))
        assert [line for line in lines if width(line) > 80] == []


@pytest.mark.slow
@pytest.mark.parametrize(("chapter", "target"), CHAPTERS)
def test_every_demo_draws_itself(chapter: Chapter, target: str) -> None:
    from dltutor.runs.host import Host

    missing = registry.missing_packages(chapter)
    if missing:
        pytest.skip(f"{chapter.id} needs {', '.join(missing)}")
    with Host(chapter) as host:
        for demo in chapter.demos:
            assert host.demo_parameters(demo.name) is not None
            views = host.demo(demo.name)
            assert views
            for view in views:
                lines = drawing.draw(view, 80, 20, colour=False).split("\n")
                assert all(width(line) <= 80 for line in lines)
                assert drawing.describe(view).strip()
