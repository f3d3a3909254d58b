"""Markdown, and whole lessons, as lines of text for a terminal or a pipe.

What Markdown marks by markup stays visible without colour: headings are underlined, code
keeps its back-ticks, links show where they lead. Colour only adds to that.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from dltutor import content
from dltutor.formula import to_unicode
from dltutor.i18n import t
from dltutor.text import clean, width, wrap

if TYPE_CHECKING:
    from markdown_it.token import Token

_STYLES: Final = {"strong": "1", "em": "3", "code": "36", "heading": "1", "quiet": "2"}
_INDENT: Final = "    "
_STAY: Final = "\u00a0"
"""a space at which no line ends: in code and in short formulas"""


@dataclass(frozen=True, slots=True)
class _Run:
    """A stretch of text in one style ("" is none)."""

    text: str
    style: str = ""


def lines(markdown: str, columns: int, *, colour: bool = False) -> list[str]:
    """Markdown as lines of at most ``columns``, with ANSI colour when asked for."""
    return _Renderer(colour).blocks(_parser().parse(clean(markdown)), max(columns, 8))


def tokens(markdown: str) -> Sequence[Token]:
    """Markdown as the parser's tokens, for whoever looks into it."""
    found: Sequence[Token] = _parser().parse(markdown)
    return found


def plain(markdown: str) -> str:
    """A short text without its markup, in one line: a title, a choice."""
    tokens = _parser().parseInline(clean(markdown))
    return " ".join(_text(_runs(tokens[0].children or [])).split())


def lesson(
    what: content.Lesson,
    columns: int,
    *,
    colour: bool = False,
    embedded: Callable[[content.Embedded], Sequence[str]] | None = None,
) -> Iterator[str]:
    """A lesson as lines. ``embedded`` draws a demo's views; without it the command is shown.

    Code is never broken, so only it can be wider than ``columns``.
    """
    renderer = _Renderer(colour)
    yield from renderer.heading(clean(f"{what.number}  {what.title}"), 1, columns)
    minutes = t("about {minutes} min", minutes=what.minutes)
    yield renderer.paint(minutes, "quiet")
    yield ""
    for goal in what.goals:
        body = lines(content.inline_formulas(goal), columns - 4, colour=colour)
        yield from _hanging(body, "  · ", _INDENT)
    for piece in content.parts(what):
        yield ""
        yield from part(piece, what.chapter_id, columns, colour=colour, embedded=embedded)


def part(
    part: content.Part,
    chapter_id: str,
    columns: int,
    *,
    colour: bool = False,
    embedded: Callable[[content.Embedded], Sequence[str]] | None = None,
) -> Sequence[str]:
    """One part of a lesson as lines; see :func:`lesson`."""
    renderer = _Renderer(colour)
    if isinstance(part, content.Prose):
        return lines(part.markdown, columns, colour=colour)
    if isinstance(part, content.Formula):
        shown = part.text.split("\n")
        if max(map(width, shown)) > columns - len(_INDENT):
            # too wide to be laid out: in a line it can at least be broken
            shown = wrap(to_unicode(part.latex), columns - len(_INDENT))
        return [(_INDENT + line).rstrip() for line in shown]
    if isinstance(part, content.Listing):
        code = [(_INDENT + line).rstrip() for line in _highlighted(part, colour).split("\n")]
        if not part.symbol:
            return code
        return [_INDENT + renderer.paint(f"{part.file.name}  {part.symbol}", "quiet"), "", *code]
    if isinstance(part, content.TryIt):
        label = t("Try it:")
        words, command = _without_command(part)
        body = ["  " + line for line in lines(words, columns - 4, colour=colour)] if words else []
        body += [
            "    " + renderer.paint(line, "code") for line in command_lines(command, columns - 6)
        ]
        return [renderer.paint(f"▸ {label}", "strong"), *body]
    if embedded is not None:
        return embedded(part)
    command_shown = command_lines(demo_command(chapter_id, part), columns - len(_INDENT))
    return [_INDENT + renderer.paint(line, "code") for line in command_shown]


def _without_command(part: content.TryIt) -> tuple[str, str]:
    """The words, and the command by itself where it ends them: a line of its own to copy."""
    words = part.markdown.rstrip()
    for stop in ("", ".", "。"):
        ending = f"`{part.command}`{stop}"
        if words.endswith(ending):
            return words.removesuffix(ending).rstrip(), part.command
    return words, ""


def demo_command(chapter_id: str, part: content.Embedded) -> str:
    """The command that shows an embedded demo."""
    import shlex

    words = ["dltutor", "demo", chapter_id, part.demo]
    for setting in part.settings:
        words += ["--set", setting]
    return shlex.join(words)


_SHELL_WORD: Final = re.compile(r"""(?:'[^']*'|"[^"]*"|\S)+""")


def command_lines(command: str, columns: int) -> list[str]:
    """A command for a shell, continued with ``\\`` where it is too long; to be copied as it is."""
    found = [""] if command else []
    for word in _SHELL_WORD.findall(clean(command)):
        # an option stays with its value
        room = columns - 2 - (12 if word.startswith("--") else 0)
        if found[-1] and width(found[-1]) + 1 + width(word) > room:
            found[-1] += " \\"
            found.append("  " + word)
        else:
            found[-1] += (" " if found[-1] else "") + word
    return found


def _highlighted(part: content.Listing, colour: bool) -> str:
    code = clean(part.code.strip("\n"))
    if not colour or part.language in ("text", ""):
        return code
    from pygments import highlight
    from pygments.formatters import TerminalFormatter
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        lexer = get_lexer_by_name(part.language)
    except ClassNotFound:
        return code
    return str(highlight(code, lexer, TerminalFormatter(bg=_background()))).rstrip("\n")


def _background() -> str:
    """What the colours of code stand on. Terminals that say so do it in COLORFGBG; most are dark."""
    return "light" if os.environ.get("COLORFGBG", "").endswith((";7", ";15")) else "dark"


@lru_cache(maxsize=1)
def _parser() -> Any:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable("table")


def _hanging(body: Sequence[str], first: str, rest: str) -> Iterator[str]:
    for i, line in enumerate(body):
        yield ((first if i == 0 else rest) + line).rstrip()


def _runs(children: Iterable[Token]) -> list[_Run]:
    """Inline tokens as styled text."""
    found: list[_Run] = []
    styles: list[str] = []
    link: tuple[str, int] | None = None
    for token in children:
        style = styles[-1] if styles else ""
        if token.type in ("text", "html_inline"):
            found.append(_Run(token.content, style))
        elif token.type == "code_inline":
            found.append(_Run(f"`{token.content.replace(' ', _STAY)}`", "code"))
        elif token.type == "softbreak":
            found.append(_Run("\n", style))
        elif token.type == "hardbreak":
            found.append(_Run("\v", style))
        elif token.type == "image":
            found.append(_Run(token.content, style))
        elif token.type == "link_open":
            link = (str(token.attrs.get("href", "")), len(found))
        elif token.type == "link_close" and link is not None:
            target, start = link
            if target.startswith(("http:", "https:")) and target != _text(found[start:]):
                found.append(_Run(f" ({target})", "quiet"))
            elif target != _text(found[start:]):
                found.append(_Run(f" (→ {target})", "quiet"))
            link = None
        elif token.type in ("strong_open", "em_open"):
            styles.append(token.type[:-5])
        elif token.type in ("strong_close", "em_close"):
            styles.pop()
    return found


def _text(runs: Iterable[_Run]) -> str:
    return "".join(run.text for run in runs).replace(_STAY, " ")


def _breakable(run: _Run, columns: int) -> _Run:
    """Lets a line end in code and formulas that would not fit on one."""
    too_wide = width(run.text) > columns if run.style == "code" else columns < content.WHOLE
    return _Run(run.text.replace(_STAY, " "), run.style) if too_wide else run


def _joined(runs: Sequence[_Run]) -> list[tuple[str, str]]:
    """Characters with their styles; a line end of the source becomes a space, or nothing
    beside Chinese, where a space would show."""
    characters = [(char, run.style) for run in runs for char in run.text]
    found: list[tuple[str, str]] = []
    for i, (char, style) in enumerate(characters):
        if char == "\n":
            before = characters[i - 1][0] if i else " "
            after = characters[i + 1][0] if i + 1 < len(characters) else " "
            if (_chinese(before) and _chinese(after)) or {before, after} & _STOPS:
                continue
            char = " "
        found.append(("\n" if char == "\v" else char, style))
    return found


_STOPS: Final = frozenset("，。；：？！、（）《》")


def _chinese(char: str) -> bool:
    return width(char) == 2 or char in "“”‘’…—"


class _Renderer:
    def __init__(self, colour: bool) -> None:
        self.colour = colour

    def paint(self, text: str, style: str) -> str:
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if self.colour and style and text else text

    def heading(self, text: str, level: int, columns: int) -> list[str]:
        body = wrap(text, columns)
        rule = {1: "═", 2: "─"}.get(level, "")
        return [self.paint(line, "heading") for line in body] + (
            [rule * max(map(width, body))] if rule else []
        )

    def inline(self, runs: Sequence[_Run], columns: int) -> list[str]:
        """Wrapped and painted: the styles are carried over character by character."""
        runs = [_breakable(run, columns) for run in runs]
        characters = _joined(runs)
        wrapped = wrap("".join(char for char, _ in characters), columns)
        if not self.colour:
            return [line.replace(_STAY, " ") for line in wrapped]
        painted, at = [], 0
        for line in wrapped:
            pieces: list[tuple[str, str]] = []
            for char in line:
                while characters[at][0] != char:
                    at += 1  # spaces and line ends that the wrapping dropped
                style = characters[at][1]
                at += 1
                if pieces and pieces[-1][1] == style:
                    pieces[-1] = (pieces[-1][0] + char, style)
                else:
                    pieces.append((char, style))
            line = "".join(self.paint(text, style) for text, style in pieces)
            painted.append(line.replace(_STAY, " "))
        return painted

    def blocks(self, tokens: Sequence[Token], columns: int) -> list[str]:
        """Block tokens as lines, an empty line between blocks."""
        found: list[str] = []
        at, tight = 0, False
        while at < len(tokens):
            end = _end(tokens, at)
            block = self._block(tokens, at, end, columns)
            if found and block and not tight:
                found.append("")
            found += block
            tight = tokens[at].hidden  # a paragraph of a list without empty lines
            at = end + 1
        return found

    def _block(self, tokens: Sequence[Token], at: int, end: int, columns: int) -> list[str]:
        token = tokens[at]
        if token.type == "heading_open":
            text = _text(_runs(tokens[at + 1].children or []))
            return self.heading(" ".join(text.split()), int(token.tag[1]), columns)
        if token.type == "paragraph_open":
            return self.inline(_runs(tokens[at + 1].children or []), columns)
        if token.type in ("bullet_list_open", "ordered_list_open"):
            return self._list(tokens[at + 1 : end], columns, token)
        if token.type == "blockquote_open":
            body = self.blocks(tokens[at + 1 : end], columns - 2)
            return [("│ " + line).rstrip() for line in body]
        if token.type in ("fence", "code_block"):
            return [(_INDENT + line).rstrip() for line in token.content.rstrip("\n").split("\n")]
        if token.type == "table_open":
            return self._table(tokens[at + 1 : end], columns)
        if token.type == "hr":
            return ["─" * columns]
        return wrap(token.content, columns) if token.content else []

    def _list(self, tokens: Sequence[Token], columns: int, opening: Token) -> list[str]:
        found: list[str] = []
        at, number = 0, int(opening.attrs.get("start", 1))
        last = (
            number
            + sum(t.type == "list_item_open" and t.level == tokens[0].level for t in tokens)
            - 1
        )
        while at < len(tokens):
            end = _end(tokens, at)
            ordered = opening.type == "ordered_list_open"
            sign = f"{number:>{len(str(last))}}. " if ordered else "· "
            body = self.blocks(tokens[at + 1 : end], columns - width(sign) - 2)
            if found and not tokens[at + 1].hidden:
                found.append("")
            found += _hanging(body, "  " + sign, "  " + " " * width(sign))
            at, number = end + 1, number + 1
        return found

    def _table(self, tokens: Sequence[Token], columns: int) -> list[str]:
        rows: list[list[list[_Run]]] = []
        right: list[bool] = []
        for i, token in enumerate(tokens):
            if token.type == "tr_open":
                rows.append([])
            elif token.type in ("th_open", "td_open"):
                rows[-1].append(_runs(tokens[i + 1].children or []))
                if len(rows) == 1:
                    right.append("right" in str(token.attrs.get("style", "")))
        sizes = _fit([[width(_text(cell)) for cell in row] for row in rows], columns)
        found: list[str] = []
        for number, row in enumerate(rows):
            cells = [self.inline(cell, size) for cell, size in zip(row, sizes, strict=False)]
            bare = [
                _Renderer(False).inline(cell, size) for cell, size in zip(row, sizes, strict=False)
            ]
            for i in range(max(map(len, cells))):
                line = ""
                for cell, naked, size, to_right in zip(cells, bare, sizes, right, strict=False):
                    gap = " " * (size - width(naked[i]) if i < len(naked) else size)
                    text = cell[i] if i < len(cell) else ""
                    line += (gap + text if to_right else text + gap) + "  "
                found.append(line.rstrip())
            if number == 0:
                found.append("  ".join("─" * size for size in sizes))
        return found


def _fit(rows: Sequence[Sequence[int]], columns: int) -> list[int]:
    """The widths of a table's columns: the widest cells, the widest column cut until all fit."""
    sizes = [max(max(row[c] for row in rows if c < len(row)), 1) for c in range(len(rows[0]))]
    room = max(columns - 2 * (len(sizes) - 1), 4 * len(sizes))
    while sum(sizes) > room:
        sizes[sizes.index(max(sizes))] -= 1
    return sizes


def _end(tokens: Sequence[Token], at: int) -> int:
    """The index of the token that closes the block which begins at ``at``."""
    depth = 0
    for index in range(at, len(tokens)):
        depth += tokens[index].nesting
        if depth == 0:
            return index
    return len(tokens) - 1
