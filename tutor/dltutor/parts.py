"""What a lesson consists of: prose, listings, formulas, demos, things to try.

Listings are included from source by symbol: the module is parsed, never imported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dltutor.content import Lesson, module_file, read_text
from dltutor.errors import ContentError
from dltutor.text import width

if TYPE_CHECKING:
    import ast


@dataclass(frozen=True, slots=True)
class Prose:
    """Markdown without the parts below; formulas in it are Unicode already."""

    markdown: str
    latex: str = field(default="", compare=False)
    """the same with its formulas as they were written"""


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
    latex: str = field(default="", compare=False)
    """``markdown`` with its formulas as they were written"""


Part = Prose | Listing | Formula | Embedded | TryIt

TRY_IT: Final = {"en": "**Try it.**", "zh": "**动手试试。**"}


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
            Prose(
                inline_formulas(text, f"{lesson.file}", first + blank).rstrip() + "\n",
                text.rstrip() + "\n",
            ),
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
    return TryIt(inline_formulas(text, here.rpartition(":")[0], number), commands[0], text)


_INLINE: Final = re.compile(
    r"(?P<code>(?P<ticks>`+).+?(?<!`)(?P=ticks)(?!`))"
    r"|(?P<escaped>\\\$)"
    r"|\$(?P<latex>[^\s$](?:[^$\n]|\n(?!\s*\n))*?(?<![\\\s]))\$(?!\d)",
    re.DOTALL,
)
WHOLE: Final = 24
"""columns up to which a formula in a line is not broken: its spaces are no-break spaces"""
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
            text = to_unicode(latex)
        except ContentError as error:
            where = f"{file}:{line + markdown.count(chr(10), 0, match.start())}: " if file else ""
            raise ContentError(f"{where}{error.message}", error.hint) from None
        if width(text) <= WHOLE:
            text = text.replace(" ", "\u00a0")
        return _MARKUP.sub(r"\\\1", text)

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
    lines = source.split("\n")
    first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
    indent = " " * node.col_offset
    while first > 1 and lines[first - 2].startswith(indent + "#"):
        first -= 1
    # a line of a text in triple quotes may stand farther left: it stays where it is
    code = "\n".join(line.removeprefix(indent) for line in lines[first - 1 : node.end_lineno])
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
