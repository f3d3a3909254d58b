"""Checks a chapter's lessons, each by itself and the two languages against each other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from dltutor import content, prose
from dltutor.chapter import LANGUAGES, Chapter
from dltutor.content import Embedded, Lesson, Listing, Part, Prose, TryIt
from dltutor.errors import ContentError
from dltutor.learning.lint import Finding, chinese
from dltutor.learning.lint.report import Reporter, line_of
from dltutor.text import width

COLUMNS: Final = 80
CODE_COLUMNS: Final = 76
_URL: Final = re.compile(r"https://[A-Za-z0-9.-]+\.[A-Za-z]{2,}(?::\d+)?(?:/[^\s]*)?")

_INVISIBLE: Final = frozenset("\u200b\ufeff\u00ad") | set(map(chr, (*range(9), *range(11, 32))))

Numbered = list[tuple[int, Part]]


def check(chapter: Chapter, target: str) -> list[Finding]:  # noqa: ARG001 - the areas are called alike
    """Findings about the lessons."""
    report = Reporter("lessons")
    try:
        place = content.folder(chapter)
        slugs = {lang: content.lesson_files(place, lang) for lang in LANGUAGES}
    except ContentError as error:
        report.caught(error)
        return report.found
    if not slugs["en"]:
        report.error("there is no lesson", place / "lessons" / "en")
    _same_slugs(report, place, slugs)
    read: dict[str, dict[str, tuple[Lesson, Numbered]]] = {lang: {} for lang in LANGUAGES}
    for lang in LANGUAGES:
        for slug in slugs[lang]:
            checked = _lesson(report, chapter, lang, slug, set(slugs["en"]))
            if checked is not None:
                read[lang][slug] = checked
    for slug, english in read["en"].items():
        chinese_one = read["zh"].get(slug)
        if chinese_one is not None:
            _side_by_side(report, english, chinese_one)
    return report.found


def _same_slugs(
    report: Reporter, place: Path, slugs: dict[str, dict[str, tuple[int, Path]]]
) -> None:
    for slug, (number, file) in slugs["en"].items():
        if slug not in slugs["zh"]:
            report.error(f"lesson {slug!r} has no Chinese text", place / "lessons" / "zh")
        elif slugs["zh"][slug][0] != number:
            report.error(f"numbered otherwise than {file.name}", slugs["zh"][slug][1])
    for slug, (_, file) in slugs["zh"].items():
        if slug not in slugs["en"]:
            report.error(f"lesson {slug!r} has no English text", file)
    for lang in LANGUAGES:
        numbers = [number for number, _ in slugs[lang].values()]
        if numbers != list(range(1, len(numbers) + 1)):
            report.error(
                f"lessons are numbered {numbers}, not from 1 without gaps", place / "lessons" / lang
            )


def _lesson(
    report: Reporter, chapter: Chapter, lang: str, slug: str, slugs: set[str]
) -> tuple[Lesson, Numbered] | None:
    _, file = content.lesson_files(content.folder(chapter), lang)[slug]
    try:
        lesson = content.read_lesson(chapter.id, lang, file)
        parts = list(content.numbered_parts(lesson))
    except ContentError as error:
        report.caught(error, file)
        return None
    _characters(report, file)
    demos = {demo.name for demo in chapter.demos}
    for line, part in parts:
        if isinstance(part, Listing):
            _listing(report, lesson, line, part)
        elif isinstance(part, Prose | TryIt):
            _links(report, lesson, line, part.markdown, slugs)
            if isinstance(part, Prose):
                _headings_begin_at_two(report, lesson, line, part.markdown)
        elif isinstance(part, Embedded) and part.demo not in demos:
            names = ", ".join(sorted(demos)) or "none"
            report.error(f"the chapter has no demo {part.demo!r}; it has: {names}", file, line)
        if lang == "zh" and isinstance(part, Prose | TryIt):
            _typography(report, lesson, line, part)
    for text in (lesson.title, *lesson.goals, *lesson.terms):
        _front_text(report, lesson, text)
    _widths(report, lesson, parts)
    return lesson, parts


def _front_text(report: Reporter, lesson: Lesson, text: str) -> None:
    line = line_of(lesson.file, re.escape(text))
    try:
        content.inline_formulas(text)
    except ContentError as error:
        report.error(str(error), lesson.file, line)
    if lesson.lang == "zh":
        for _, message in chinese.problems(text):
            report.error(message, lesson.file, line)


def _characters(report: Reporter, file: Path) -> None:
    for number, line in enumerate(content.read_text(file).split("\n"), 1):
        if "\t" in line:
            report.error("a tab", file, number)
        if line != line.rstrip() and not line.endswith("  "):
            report.warning("a space at the end of the line", file, number)
        strange = next((c for c in line if c in _INVISIBLE), "")
        if strange:
            report.error(f"an invisible character U+{ord(strange):04X}", file, number)


def _listing(report: Reporter, lesson: Lesson, line: int, part: Listing) -> None:
    for offset, code in enumerate(part.code.split("\n")):
        if width(code) > CODE_COLUMNS:
            where = f" in {part.file.name}:{part.line + offset}" if part.symbol else ""
            place = line if part.symbol else line + 1 + offset
            report.error(
                f"code is {width(code)} columns wide{where}; {CODE_COLUMNS} fit", lesson.file, place
            )
    if part.symbol and part.code.count("\n") >= 40:
        report.warning(
            f"{part.symbol} has {part.code.count(chr(10)) + 1} lines: include a smaller piece",
            lesson.file,
            line,
        )
    if not part.symbol and part.language == "python":
        import ast

        try:
            ast.parse(part.code)
        except SyntaxError as error:
            report.warning(
                f"this is no Python: {error.msg}", lesson.file, line + (error.lineno or 0)
            )


def _tokens(markdown: str) -> Sequence[Any]:
    return prose.tokens(markdown)


def _links(report: Reporter, lesson: Lesson, line: int, markdown: str, slugs: set[str]) -> None:
    for token in _tokens(markdown):
        for child in token.children or ():
            if child.type == "image":
                report.error(
                    "a picture can not be shown in a terminal", lesson.file, line + token.map[0]
                )
            if child.type != "link_open":
                continue
            url = str(child.attrs.get("href", ""))
            if url not in slugs and not _URL.fullmatch(url):
                report.error(
                    f"the link {url!r} is neither an https URL nor a lesson's name",
                    lesson.file,
                    line + token.map[0],
                )
        if token.type == "html_block":
            report.error("HTML is shown as text", lesson.file, line + token.map[0])


def _headings_begin_at_two(report: Reporter, lesson: Lesson, line: int, markdown: str) -> None:
    for token in _tokens(markdown):
        if token.type == "heading_open" and token.tag == "h1":
            report.error(
                "headings begin at ##: the title is the #", lesson.file, line + token.map[0]
            )


def _typography(report: Reporter, lesson: Lesson, line: int, part: Prose | TryIt) -> None:
    # of the source, since in the part itself formulas are Unicode already
    lines = lesson.body.split("\n")
    first = line - lesson.line
    count = part.markdown.count("\n") + 1
    source = "\n".join(lines[first : first + count])
    for offset, message in chinese.problems(source):
        report.error(message, lesson.file, line + offset)


def _widths(report: Reporter, lesson: Lesson, parts: Numbered) -> None:
    if width(f"{lesson.number}  {lesson.title}") > 60:
        report.error("the title is wider than 60 columns", lesson.file, 1)
    for line, part in parts:
        if isinstance(part, Listing):
            continue
        for text in prose.part(part, lesson.chapter_id, COLUMNS):
            if width(text) > COLUMNS:
                report.error(
                    f"{width(text)} columns wide in a terminal of {COLUMNS}: {text.strip()[:40]}…",
                    lesson.file,
                    line,
                )
                break


def _side_by_side(
    report: Reporter, english: tuple[Lesson, Numbered], other: tuple[Lesson, Numbered]
) -> None:
    (en, en_parts), (zh, zh_parts) = english, other
    if en.minutes != zh.minutes:
        report.warning(f"minutes = {zh.minutes}, in English {en.minutes}", zh.file, 1)
    for key in ("goals", "terms"):
        if len(getattr(en, key)) != len(getattr(zh, key)):
            counts = f"{len(getattr(zh, key))} {key}, in English {len(getattr(en, key))}"
            report.error(counts, zh.file, 1)
    for what, of in (
        ("headings", _heading_levels),
        ("included code", _symbols),
        ("demos", _demos),
        ("formulas", _formulas),
        ("things to try", _commands),
        ("code blocks", _blocks),
    ):
        ours, theirs = of(zh_parts), of(en_parts)
        if ours != theirs:
            report.error(
                f"{what} differ from the English lesson: {_difference(ours, theirs)}", zh.file
            )


def _difference(ours: Sequence[str], theirs: Sequence[str]) -> str:
    for index, (a, b) in enumerate(zip(ours, theirs, strict=False), 1):
        if a != b:
            return f"number {index} is {a}, in English {b}"
    return f"{len(ours)}, in English {len(theirs)}"


def _heading_levels(parts: Numbered) -> list[str]:
    return [
        token.tag
        for _, part in parts
        if isinstance(part, Prose)
        for token in _tokens(part.markdown)
        if token.type == "heading_open"
    ]


def _symbols(parts: Numbered) -> list[str]:
    return [f"{p.file.name}:{p.symbol}" for _, p in parts if isinstance(p, Listing) and p.symbol]


def _demos(parts: Numbered) -> list[str]:
    return [" ".join((p.demo, *p.settings)) for _, p in parts if isinstance(p, Embedded)]


def _commands(parts: Numbered) -> list[str]:
    return [p.command for _, p in parts if isinstance(p, TryIt)]


def _formulas(parts: Numbered) -> list[str]:
    # what \text says may be translated
    plain = re.compile(r"\\(?:text|mathrm|operatorname\*?)\{[^}]*\}|\s+")
    return [plain.sub("", p.latex) for _, p in parts if isinstance(p, content.Formula)]


def _blocks(parts: Numbered) -> list[str]:
    return [p.language for _, p in parts if isinstance(p, Listing) and not p.symbol]
