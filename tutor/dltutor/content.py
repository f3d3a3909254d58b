"""A chapter's texts: where they are, its lessons, and what a lesson consists of.

The format is described in ``docs/authors.md``. Nothing here imports a chapter's code: an
included listing is cut out of the module's source. Whatever is wrong is a ContentError that
names the file and the line.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from dltutor.errors import ContentError, UsageError

if TYPE_CHECKING:
    import ast

    from dltutor.chapter import Chapter


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


@dataclass(frozen=True, slots=True)
class Prose:
    """Markdown without the parts below; formulas in it are Unicode already."""

    markdown: str


@dataclass(frozen=True, slots=True)
class Listing:
    """Code to read: included from a source file by symbol, or written in the lesson (no symbol)."""

    code: str
    language: str
    symbol: str
    """``"MLP.forward"``; empty for code written in the lesson"""
    file: Path
    line: int
    """where the code begins in ``file``"""


@dataclass(frozen=True, slots=True)
class Formula:
    """A displayed formula: its lines in Unicode, joined, and its source."""

    text: str
    latex: str


@dataclass(frozen=True, slots=True)
class Embedded:
    """A demo's views with chosen settings, for example ``("lr=0.9",)``."""

    demo: str
    settings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TryIt:
    """Something to do. ``markdown`` goes without the words **Try it.**, the command included."""

    markdown: str
    command: str


Part = Prose | Listing | Formula | Embedded | TryIt

FILE_NAME: Final = re.compile(r"(\d\d)-([a-z0-9]+(?:-[a-z0-9]+)*)\.md")
TRY_IT: Final = {"en": "**Try it.**", "zh": "**动手试试。**"}


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
        values = tomllib.loads("\n" + "\n".join(lines[1:end]))
    except tomllib.TOMLDecodeError as error:
        raise ContentError(f"{file}: the front matter is not TOML: {error}") from None
    return values, "\n".join(lines[end + 1 :]), end + 2


# --- parts

_FENCE: Final = re.compile(r"( {0,3})(`{3,}|~{3,})\s*([^`]*)$")


def parts(lesson: Lesson) -> tuple[Part, ...]:
    """The lesson in pieces, in order."""
    return tuple(part for _, part in numbered_parts(lesson))


def numbered_parts(lesson: Lesson) -> Iterator[tuple[int, Part]]:
    """The pieces with the line of the lesson's file at which each begins."""
    lines = lesson.body.split("\n")
    prose: list[str] = []
    at = start = 0

    def here(index: int) -> str:
        return f"{lesson.file}:{lesson.line + index}"

    while at < len(lines):
        line = lines[at]
        fence = _FENCE.match(line)
        special: Part | None = None
        first = at
        if fence:
            at, code = _fenced(lines, at, fence, here(at))
            special = _from_fence(lesson, first, fence[3].strip(), code, here(first))
        elif line.strip().startswith("$$"):
            at, latex = _display(lines, at, here(at))
            special = _formula(latex, here(first))
        elif _begins_try_it(line):
            while at < len(lines) and lines[at].startswith(">"):
                at += 1
            special = _try_it(lines[first:at], here(first))
        if special is None:
            if not prose:
                start = at
            prose.append(line)
            at += 1
            continue
        yield from _prose(prose, lesson.line + start, lesson)
        prose = []
        yield lesson.line + first, special
    yield from _prose(prose, lesson.line + start, lesson)


def _prose(lines: list[str], first: int, lesson: Lesson) -> Iterator[tuple[int, Part]]:
    if any(line.strip() for line in lines):
        blank = next(i for i, line in enumerate(lines) if line.strip())
        text = "\n".join(lines[blank:])
        yield (
            first + blank,
            Prose(inline_formulas(text, f"{lesson.file}", first + blank).rstrip() + "\n"),
        )


def _fenced(lines: list[str], at: int, fence: re.Match[str], here: str) -> tuple[int, str]:
    indent, mark = len(fence[1]), fence[2]
    closing = re.compile(rf" {{0,3}}{re.escape(mark[0])}{{{len(mark)},}}\s*$")
    for end in range(at + 1, len(lines)):
        if closing.match(lines[end]):
            return end + 1, "\n".join(
                line[min(indent, len(line) - len(line.lstrip())) :] for line in lines[at + 1 : end]
            )
    raise ContentError(f"{here}: the code block is not closed")


def _from_fence(lesson: Lesson, first: int, info: str, code: str, here: str) -> Part:
    words = info.split()
    if words[:1] == ["demo"]:
        return _embedded(info, code, here)
    included = [word.removeprefix("include=") for word in words if word.startswith("include=")]
    if not included:
        return Listing(
            code, words[0] if words else "text", "", lesson.file, lesson.line + first + 1
        )
    if code.strip() or len(words) != 2 or len(included) != 1:
        raise ContentError(
            f"{here}: an include is an empty block", "```python include=package.module:name"
        )
    try:
        return source_of(included[0])
    except ContentError as error:
        raise ContentError(f"{here}: {error.message}", error.hint) from None


def _embedded(info: str, code: str, here: str) -> Embedded:
    import shlex

    try:
        _, *words = shlex.split(info)
    except ValueError as error:
        raise ContentError(f"{here}: {error}") from None
    if code.strip() or not words or "=" in words[0] or not all("=" in word for word in words[1:]):
        raise ContentError(f"{here}: a demo is an empty block", "```demo NAME key=value …")
    return Embedded(words[0], tuple(words[1:]))


def _display(lines: list[str], at: int, here: str) -> tuple[int, str]:
    text = lines[at].strip()
    if len(text) > 4 and text.endswith("$$"):
        return at + 1, text[2:-2]
    if text != "$$":
        raise ContentError(f"{here}: $$ stands on a line of its own, or opens and closes one line")
    for end in range(at + 1, len(lines)):
        if lines[end].strip() == "$$":
            return end + 1, "\n".join(lines[at + 1 : end])
    raise ContentError(f"{here}: $$ is not closed")


def _formula(latex: str, here: str) -> Formula:
    from dltutor.formula import display

    try:
        return Formula("\n".join(display(latex)), latex.strip())
    except ContentError as error:
        raise ContentError(f"{here}: {error.message}", error.hint) from None


def _begins_try_it(line: str) -> bool:
    return line.startswith(">") and line[1:].lstrip().startswith(tuple(TRY_IT.values()))


_COMMAND: Final = re.compile(
    r"`((?:dltutor|python|pip) [^`]+)`|^\s*((?:dltutor|python|pip) \S.*)$", re.MULTILINE
)


def _try_it(lines: list[str], here: str) -> TryIt:
    text = "\n".join(line[1:].removeprefix(" ") for line in lines).strip()
    for lead in TRY_IT.values():
        text = text.removeprefix(lead).lstrip()
    commands = [(a or b).strip() for a, b in _COMMAND.findall(text)]
    if len(commands) != 1:
        raise ContentError(
            f"{here}: something to try holds one command, not {len(commands)}",
            "`dltutor …` in back-ticks, or a code block",
        )
    number = int(here.rpartition(":")[2])
    return TryIt(inline_formulas(text, here.rpartition(":")[0], number), commands[0])


_INLINE: Final = re.compile(
    r"(?P<code>(?P<ticks>`+).+?(?<!`)(?P=ticks)(?!`))"
    r"|(?P<escaped>\\\$)"
    r"|\$(?P<latex>[^\s$](?:[^$\n]|\n(?!\s*\n))*?(?<!\\))\$(?!\d)",
    re.DOTALL,
)
_MARKUP: Final = re.compile(r"([\\`*_\[\]<>|#~&!])")


def inline_formulas(markdown: str, file: str = "", line: int = 1) -> str:
    """``$…$`` outside code as Unicode, escaped so that Markdown takes it as text."""
    if "$" not in markdown:
        return markdown
    from dltutor.formula import to_unicode

    def convert(match: re.Match[str]) -> str:
        latex = match["latex"]
        if latex is None:
            return match[0]
        try:
            return _MARKUP.sub(r"\\\1", to_unicode(latex))
        except ContentError as error:
            where = f"{file}:{line + markdown.count(chr(10), 0, match.start())}: " if file else ""
            raise ContentError(f"{where}{error.message}", error.hint) from None

    return _INLINE.sub(convert, markdown)


# --- code by symbol


def source_of(reference: str) -> Listing:
    """The source of ``"package.module:name"``: a function, class, method or assignment.

    Decorators and the comments directly above come along; the indent of a method goes. The
    module is parsed, never imported. Raises ContentError for what is not there.
    """
    import ast

    module, colon, symbol = reference.partition(":")
    if not colon or not symbol:
        raise ContentError(f"{reference!r} is not package.module:name")
    file = module_file(module)
    source = read_text(file)
    try:
        body: Sequence[ast.stmt] = ast.parse(source).body
    except SyntaxError as error:
        raise ContentError(f"{file}:{error.lineno}: {error.msg}") from None
    node: ast.stmt | None = None
    for name in symbol.split("."):
        node = next((n for n in body if name in _names(n)), None)
        if node is None:
            from difflib import get_close_matches

            near = get_close_matches(name, [x for n in body for x in _names(n)], n=1)
            raise ContentError(
                f"{module} has no {symbol!r}", f"did you mean {near[0]}?" if near else f"see {file}"
            )
        body = node.body if isinstance(node, ast.ClassDef) else ()
    assert node is not None
    return _cut(node, source, symbol, file)


def _cut(node: ast.stmt, source: str, symbol: str, file: Path) -> Listing:
    import textwrap

    lines = source.split("\n")
    first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
    indent = " " * node.col_offset
    while first > 1 and lines[first - 2].startswith(indent + "#"):
        first -= 1
    code = textwrap.dedent("\n".join(lines[first - 1 : node.end_lineno]))
    return Listing(code, "python", symbol, file, first)


def _names(node: ast.stmt) -> tuple[str, ...]:
    """What a statement defines."""
    import ast

    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return (node.name,)
    targets = (
        node.targets
        if isinstance(node, ast.Assign)
        else [node.target]
        if isinstance(node, ast.AnnAssign)
        else []
    )
    return tuple(
        name.id
        for target in targets
        for name in (target.elts if isinstance(target, ast.Tuple) else [target])
        if isinstance(name, ast.Name)
    )
