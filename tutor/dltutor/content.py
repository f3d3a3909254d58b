"""A chapter's texts: where they are, and its lessons.

The format is described in ``docs/authors.md``. Nothing here imports a chapter's code.
Whatever is wrong is a ContentError that names the file and the line. What a lesson consists
of (``parts``, ``source_of``, ``Prose`` ...) is in ``dltutor.parts``, which is loaded when
something is read and not for a list of chapters; its names are to be had from here too.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from dltutor.errors import ContentError, UsageError

if TYPE_CHECKING:
    from dltutor.chapter import Chapter
    from dltutor.parts import (
        WHOLE,
        Embedded,
        Formula,
        Listing,
        Part,
        Prose,
        TryIt,
        inline_formulas,
        numbered_parts,
        parts,
        source_of,
    )

__all__ = [
    "WHOLE", "Counts", "Embedded", "Formula", "Lesson", "Listing", "Part", "Prose", "TryIt",
    "counts", "find_lesson", "folder", "front_matter", "inline_formulas", "lesson_files",
    "lessons", "module_file", "numbered_parts", "parts", "read_lesson", "read_text", "source_of",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A lesson in one language."""

    chapter_id: str
    slug: str
    number: int
    lang: str
    """the language that it is written in, which is English where there is no translation"""
    title: str
    minutes: int
    goals: tuple[str, ...]
    terms: tuple[str, ...]
    body: str
    """Markdown"""
    file: Path
    line: int
    """the line of the file at which the body begins"""


FILE_NAME: Final = re.compile(r"(\d\d)-([a-z0-9]+(?:-[a-z0-9]+)*)\.md")


# --- where things are


def folder(chapter: Chapter) -> Path:
    """The folder of a chapter's texts. Imports nothing of the chapter."""
    top, *below = chapter.content.split(".")
    for root in _package_folders(top):
        place = root.joinpath(*below)
        if place.is_dir():
            return place
    raise ContentError(f"{chapter.id}: there is no content package {chapter.content}")


def _package_folders(top: str) -> Sequence[Path]:
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        spec = None
    if spec is None:
        return ()
    if spec.submodule_search_locations is not None:
        return [Path(place) for place in spec.submodule_search_locations]
    return ()


def module_file(module: str) -> Path:
    """The source file of a module, found below its top package's folder without importing it."""
    top, *below = module.split(".")
    for root in _package_folders(top):
        place = root.joinpath(*below)
        for file in (place / "__init__.py", place.with_name(place.name + ".py")):
            if file.is_file() and (below or file.name == "__init__.py"):
                return file
    if not below:
        spec = importlib.util.find_spec(top)
        if spec is not None and spec.origin and spec.origin.endswith(".py"):
            return Path(spec.origin)
    raise ContentError(f"there is no source file of the module {module}")


def read_text(file: Path) -> str:
    """A content file as UTF-8 text with ``\\n`` line ends, or a ContentError that names it."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ContentError(f"{file}: there is no such file") from None
    except UnicodeDecodeError as error:
        raise ContentError(f"{file}: not UTF-8 (byte {error.start})") from None
    except OSError as error:
        raise ContentError(f"{file}: {error.strerror}") from None


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a chapter holds."""

    lessons: int
    questions: int
    exercises: int


def counts(chapter: Chapter) -> Counts:
    """How many lessons, questions and exercises there are, without reading them as such."""
    place = folder(chapter)
    quiz = place / "quiz.toml"
    questions = 0
    if quiz.is_file():
        questions = sum(line.startswith("[[question]]") for line in read_text(quiz).splitlines())
    return Counts(
        len(lesson_files(place, "en")),
        questions,
        sum(1 for _ in place.glob("exercises/*/exercise.toml")),
    )


# --- lessons


def lesson_files(place: Path, lang: str) -> dict[str, tuple[int, Path]]:
    """Number and file of each lesson of a language by slug, in order, unread."""
    found: dict[str, tuple[int, Path]] = {}
    try:
        files = sorted((place / "lessons" / lang).glob("*.md"))
    except OSError as error:
        raise ContentError(f"{place / 'lessons' / lang}: {error.strerror}") from None
    for file in files:
        match = FILE_NAME.fullmatch(file.name)
        if match is None:
            raise ContentError(
                f"{file}: a lesson's file is called NN-slug.md", "for example 01-pictures.md"
            )
        if match[2] in found:
            raise ContentError(
                f"{file}: the slug {match[2]!r} is taken by {found[match[2]][1].name}"
            )
        found[match[2]] = (int(match[1]), file)
    return found


def lessons(chapter: Chapter, lang: str) -> tuple[Lesson, ...]:
    """The lessons in order, each in ``lang`` where it exists, else in English."""
    place = folder(chapter)
    chosen = {slug: (*found, "en") for slug, found in lesson_files(place, "en").items()}
    if lang != "en":
        chosen |= {slug: (*found, lang) for slug, found in lesson_files(place, lang).items()}
    return tuple(
        read_lesson(chapter.id, language, file)
        for _, file, language in sorted(chosen.values(), key=lambda found: found[0])
    )


def find_lesson(chapter: Chapter, name: str, lang: str) -> Lesson:
    """The lesson of that number or slug; a near miss suggests the right one."""
    found = lessons(chapter, lang)
    wanted = name.strip().lower()
    for lesson in found:
        if wanted == lesson.slug or (wanted.isdecimal() and int(wanted) == lesson.number):
            return lesson
    from difflib import get_close_matches

    near = get_close_matches(wanted, [lesson.slug for lesson in found], n=1)
    raise UsageError(
        f"{chapter.id} has no lesson {name!r}",
        f"did you mean {near[0]}?"
        if near
        else "it has: " + ", ".join(f"{x.number} {x.slug}" for x in found),
    )


def read_lesson(chapter_id: str, lang: str, file: Path) -> Lesson:
    """One lesson's file, whose name gives its number and slug."""
    match = FILE_NAME.fullmatch(file.name)
    if match is None:
        raise ContentError(
            f"{file}: a lesson's file is called NN-slug.md", "for example 01-pictures.md"
        )
    values, body, line = front_matter(file)
    _known_keys(file, values)

    def texts(key: str, *, needed: bool) -> tuple[str, ...]:
        value = values.get(key, [])
        good = isinstance(value, list) and all(isinstance(x, str) and x.strip() for x in value)
        if not good or (needed and not value):
            raise ContentError(f"{file}: {key} is not a list of texts", f'{key} = ["…", "…"]')
        return tuple(value)

    title, minutes = values.get("title"), values.get("minutes")
    if not isinstance(title, str) or not title.strip():
        raise ContentError(f"{file}: the front matter has no title", 'title = "…"')
    if not isinstance(minutes, int) or isinstance(minutes, bool) or not 1 <= minutes <= 240:
        raise ContentError(f"{file}: minutes is not a whole number from 1 to 240", "minutes = 8")
    return Lesson(
        chapter_id=chapter_id,
        slug=match[2],
        number=int(match[1]),
        lang=lang,
        title=title.strip(),
        minutes=minutes,
        goals=texts("goals", needed=True),
        terms=texts("terms", needed=False),
        body=body,
        file=file,
        line=line,
    )


def _known_keys(file: Path, values: dict[str, Any]) -> None:
    known = ("title", "minutes", "goals", "terms")
    for key in values:
        if key not in known:
            raise ContentError(
                f"{file}: unknown key {key!r} in the front matter", "one of " + ", ".join(known)
            )


def front_matter(file: Path) -> tuple[dict[str, Any], str, int]:
    """The TOML between the ``+++`` lines, the Markdown after it, and the line where that begins."""
    import tomllib

    lines = read_text(file).split("\n")
    if lines[0].rstrip() != "+++":
        raise ContentError(f"{file}:1: the front matter begins with a line +++")
    end = next((i for i, line in enumerate(lines[1:], 1) if line.rstrip() == "+++"), None)
    if end is None:
        raise ContentError(f"{file}:1: the front matter has no closing line +++")
    try:
        # the empty line in front makes the line numbers of errors those of the file
        values = tomllib.loads("\n" + "\n".join(lines[1:end]) + "\n")
    except tomllib.TOMLDecodeError as error:
        raise ContentError(f"{file}: the front matter is not TOML: {error}") from None
    return values, "\n".join(lines[end + 1 :]), end + 2


def __getattr__(name: str) -> Any:
    from dltutor import parts as module

    if name.startswith("_") or not hasattr(module, name):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(module, name)
