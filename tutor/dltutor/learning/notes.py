"""Bookmarks and notes as a text to keep."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from dltutor import content, registry
from dltutor.errors import TutorError
from dltutor.i18n import current, local, t
from dltutor.text import clean

if TYPE_CHECKING:
    from dltutor.learning.progress import Note


def markdown(notes: Sequence[Note]) -> str:
    """The notes as Markdown, below the chapters, lessons and sections that they were made in."""
    chapters = {chapter.id: chapter for chapter in registry.chapters()}
    lines = [f"# {t('Bookmarks and notes')}"]
    for id_, of_chapter in groupby(notes, lambda note: note.chapter_id):
        chapter = chapters.get(id_)
        lines += ["", f"## {clean(local(chapter.title)) if chapter else id_}"]
        for slug, of_lesson in groupby(of_chapter, lambda note: note.lesson):
            lesson = None
            if chapter is not None:
                try:
                    lesson = content.find_lesson(chapter, slug, current())
                except TutorError:  # it has gone since
                    lesson = None
            lines += ["", f"### {clean(lesson.title) if lesson else slug}", ""]
            for note in of_lesson:
                section = _section(lesson, note.place) if lesson else ""
                where = f"{section}, {note.place:.0%}" if section else f"{note.place:.0%}"
                text = " ".join(clean(note.text).split()) or t("bookmark")
                lines.append(f"- {text} ({where}; {note.at.date().isoformat()})")
    return "\n".join(lines) + "\n"


def _section(lesson: content.Lesson, place: float) -> str:
    """The heading above a place: as far into the text as into the laid-out page, about."""
    body = lesson.body.split("\n")
    above = body[: max(1, round(place * len(body)))]
    return next((line[3:].strip() for line in reversed(above) if line.startswith("## ")), "")
