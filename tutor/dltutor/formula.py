"""LaTeX formulas as Unicode: in one line of text, or laid out over several.

The macros are those that a course on deep learning needs (``dltutor.symbols``). Anything
else is a ContentError that names it, so a formula never reaches a reader half translated.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from dltutor import boxes, symbols
from dltutor.boxes import Box
from dltutor.errors import ContentError
from dltutor.text import clean, pad, width


def to_unicode(latex: str) -> str:
    """The formula in one line: ``\\frac{1}{N}\\sum_{i=1}^N x_i`` is ``1/N ∑ᵢ₌₁ᴺ xᵢ``."""
    return _convert(latex, False)[0]


def display(latex: str) -> list[str]:
    """The formula as lines of text, with fractions, limits and matrices stacked."""
    return list(_convert(latex, True))


@dataclass(frozen=True, slots=True)
class _Atom:
    """A box and how it stands beside others, in the terms of TeX."""

    kind: str
    """ord, op, big, bin, rel, open, close, punct, inner, space; besides: sign (a bin that is none),
    fence (\\left … \\right) and loose (its script is written with _ or ^)"""
    box: Box
    word: bool = False
    """upright text, such as a subscript that is a word"""
    limits: bool = False


@lru_cache(maxsize=512)
def _convert(latex: str, tall: bool) -> tuple[str, ...]:
    from pylatexenc.latexwalker import LatexWalker, LatexWalkerError

    latex = clean(latex)
    walker = LatexWalker(latex, latex_context=_context(), tolerant_parsing=False)
    try:
        nodes, _, _ = walker.get_latex_nodes(
            parsing_state=walker.make_parsing_state(in_math_mode=True)
        )
        box = _Layout(tall).box(nodes)
    except LatexWalkerError as error:
        reason = str(error).partition("\n")[0].partition(" @(")[0]
        raise ContentError(f"formula ${latex.strip()}$: {reason}") from None
    except ContentError as error:
        raise ContentError(f"formula ${latex.strip()}$: {error.message}", error.hint) from None
    except RecursionError:
        raise ContentError(f"formula ${latex.strip()[:40]}…$: nested too deeply") from None
    if not any(line.strip() for line in box.lines):
        raise ContentError(f"formula ${latex}$ is empty")
    return tuple(
        unicodedata.normalize("NFC", line).replace("′′", "″").rstrip() for line in box.lines
    )


_ARGUMENTS: Final[dict[str, str]] = {
    "frac": "{{", "dfrac": "{{", "tfrac": "{{", "binom": "{{", "sqrt": "[{", "text": "{",
    "textbf": "{", "textit": "{", "texttt": "{", "textrm": "{", "mbox": "{", "operatorname": "*{",
    "underset": "{{", "overset": "{{", "stackrel": "{{", "underbrace": "{", "overbrace": "{",
    "boxed": "{", "substack": "{", "xrightarrow": "[{", "xleftarrow": "[{", "pmod": "{", "not": "{",
    "phantom": "{", "\\": "*[",
}  # fmt: skip
_TEXTS: Final = frozenset(("text", "textbf", "textit", "texttt", "textrm", "mbox"))
_ENVIRONMENTS: Final = (*symbols.MATRICES, *symbols.ALIGNED, "cases")


@lru_cache(maxsize=1)
def _context() -> Any:
    """The macros and their arguments, for the parser."""
    from pylatexenc import macrospec

    arguments = _ARGUMENTS | dict.fromkeys((*symbols.STYLES, *symbols.ACCENTS, *symbols.LINES), "{")
    context = macrospec.LatexContextDb()
    context.add_context_category(
        "dltutor",
        macros=[
            macrospec.MacroSpec(k, macrospec.MacroStandardArgsParser(v))
            for k, v in arguments.items()
        ],
        environments=[
            macrospec.EnvironmentSpec(
                name, macrospec.MacroStandardArgsParser("{" if name == "array" else "")
            )
            for name in _ENVIRONMENTS
        ],
        specials=[macrospec.SpecialsSpec("&"), macrospec.SpecialsSpec("~")],
    )
    context.set_unknown_macro_spec(macrospec.MacroSpec(""))
    context.set_unknown_environment_spec(macrospec.EnvironmentSpec(""))
    return context


_CHARACTERS: Final[dict[str, tuple[str, str]]] = {
    "+": ("bin", "+"), "-": ("bin", "−"), "*": ("bin", "*"), "=": ("rel", "="), "<": ("rel", "<"),
    ">": ("rel", ">"), ",": ("punct", ","), ";": ("punct", ";"), ":": ("punct", ":"),
    "(": ("open", "("), "[": ("open", "["), ")": ("close", ")"), "]": ("close", "]"),
    "!": ("close", "!"), ":=": ("rel", ":="), "'": ("ord", "′"),
}  # fmt: skip


class _Layout:
    """Turns parsed nodes into boxes. ``tall`` allows more than one line."""

    def __init__(self, tall: bool, script: bool = False, goes_on: bool = False) -> None:
        self.tall, self.script = tall, script
        self.goes_on = goes_on
        """it continues a line, so a + at its beginning is an operation and not a sign"""

    def box(self, nodes: Sequence[Any]) -> Box:
        return self._join(self.atoms(nodes))

    # --- nodes to atoms

    def atoms(self, nodes: Sequence[Any]) -> list[_Atom]:
        """The atoms of a row, with their scripts attached."""
        items, at = _items(nodes), 0
        found: list[_Atom] = []
        while at < len(items):
            item = items[at]
            if _is_script(item):
                base = (
                    found.pop() if found and found[-1].kind != "space" else _Atom("ord", Box(("",)))
                )
                at = self._scripts(base, items, at, found)
            elif _is_macro(item, "left"):
                at = self._fence(items, at, found)
            else:
                atom = self._atom(item)
                at += 1
                if atom is not None:
                    found.append(atom)
        return found

    def _atom(self, item: Any) -> _Atom | None:
        from pylatexenc import latexwalker as lw

        if isinstance(item, str):
            kind, char = _CHARACTERS.get(item, ("ord", item))
            return _Atom(kind, Box((char,)))
        if isinstance(item, lw.LatexGroupNode):
            inner = self.atoms(item.nodelist)
            if len(inner) == 1 and inner[0].kind not in ("punct", "bin", "rel"):
                return inner[0]
            return _Atom("ord", self._join(inner))
        if isinstance(item, lw.LatexEnvironmentNode):
            return self._environment(item)
        if isinstance(item, lw.LatexSpecialsNode) and item.specials_chars == "~":
            return _Atom("space", Box((" ",)))
        if isinstance(item, lw.LatexSpecialsNode):
            raise ContentError(
                "& outside a matrix, cases or aligned", "an ampersand is written \\&"
            )
        if isinstance(item, lw.LatexMacroNode):
            return self._macro(item)
        raise ContentError(f"{item.latex_verbatim()!r} has no place in a formula")

    def _macro(self, node: Any) -> _Atom | None:
        name = node.macroname
        arguments = list(node.nodeargd.argnlist) if node.nodeargd else []
        for table, kind in (
            (symbols.ORDINARY, "ord"),
            (symbols.BINARY, "bin"),
            (symbols.RELATION, "rel"),
            (symbols.OPEN, "open"),
            (symbols.CLOSE, "close"),
        ):
            if name in table:
                return _Atom(kind, Box((table[name],)))
        if name in symbols.BIG:
            return _Atom("big", Box((symbols.BIG[name],)), limits=True)
        if name in symbols.FUNCTIONS:
            return _Atom("op", Box((name,)), word=True, limits=name in symbols.LIMITS)
        if name in symbols.SPACES:
            return _Atom("space", Box((" " * symbols.SPACES[name],)))
        if name in symbols.IGNORED:
            return None
        if name in _TEXTS:
            return _Atom("ord", Box((_plain(arguments[0]),)), word=True)
        if name in symbols.STYLES:
            box = _Layout(False, True).box([arguments[0]])
            line = symbols.styled(name, box.lines[0])
            return _Atom("ord", Box((line,)), word=name in symbols.PLAIN_STYLES and len(line) > 1)
        if name in symbols.ACCENTS or name in symbols.LINES:
            return self._accent(name, arguments[0])
        method = getattr(self, f"_macro_{name}", None) or _SAME.get(name)
        if method is None:
            from difflib import get_close_matches

            near = get_close_matches(name, _known(), n=1)
            raise ContentError(
                f"unknown macro \\{name}", f"did you mean \\{near[0]}?" if near else ""
            )
        if isinstance(method, str):
            method = getattr(self, method)
        atom: _Atom = method(name, arguments)
        return atom

    # --- scripts, fences

    def _scripts(self, base: _Atom, items: list[Any], at: int, found: list[_Atom]) -> int:
        scripts: dict[str, _Atom] = {}
        while at < len(items) and _is_script(items[at]):
            if items[at] == "'":
                base = _Atom(base.kind, boxes.append(base.box, "′"), base.word, base.limits)
                at += 1
                continue
            sign = items[at]
            if at + 1 >= len(items):
                raise ContentError(f"nothing follows {sign}")
            if sign in scripts:
                raise ContentError(f"two {sign} on one symbol", "use braces")
            item = items[at + 1]
            if _is_macro(item, "left") or (isinstance(item, str) and len(item) > 1):
                raise ContentError(f"more than one symbol after {sign}", "use braces")
            layout = _Layout(self.tall, True)
            inner = layout.atoms([item] if isinstance(item, str) else _inside(item))
            scripts[sign] = _Atom("ord", layout._join(inner), word=all(a.word for a in inner))
            at += 2
        found.append(self._attach(base, scripts.get("_"), scripts.get("^")))
        return at

    def _attach(self, base: _Atom, below: _Atom | None, above: _Atom | None) -> _Atom:
        if self.tall and base.limits:
            rows = [above.box] if above else []
            rows.append(base.box)
            rows += [below.box] if below else []
            return _Atom(base.kind, boxes.stack(rows, 1 if above else 0))
        box = base.box
        flat = len(box.lines) == 1
        rest: dict[str, Box] = {}
        kind = base.kind
        for script, table, sign in (
            (below, symbols.SUBSCRIPTS, "_"),
            (above, symbols.SUPERSCRIPTS, "^"),
        ):
            if script is None:
                continue
            small = _small(script, table)
            if small is not None and flat:
                box = boxes.append(box, small)
            elif self.tall:
                rest[sign] = Box((small,)) if small is not None else script.box
            else:
                line = script.box.lines[0]
                whole = script.word or len(line) == 1 or (line[0], line[-1]) == ("[", "]")
                box = boxes.append(box, sign + (line if whole else f"({line})"))
                kind = "loose" if kind == "ord" else kind
        return _Atom(
            kind, boxes.corner(box, rest.get("^"), rest.get("_")) if rest else box, base.word
        )

    def _fence(self, items: list[Any], at: int, found: list[_Atom]) -> int:
        """``\\left( … \\right)``: the delimiters grow with what stands between them."""
        depth, end = 1, at + 2
        while end < len(items):
            depth += _is_macro(items[end], "left") - _is_macro(items[end], "right")
            if depth == 0:
                break
            end += 1
        else:
            raise ContentError("\\left without \\right")
        if end + 1 >= len(items):
            raise ContentError("\\right without a delimiter")
        left, right = (self._delimiter(items[i]) for i in (at + 1, end + 1))
        found.append(_Atom("fence", boxes.fenced(left, self.box(items[at + 2 : end]), right)))
        return end + 2

    def _delimiter(self, item: Any) -> str:
        if isinstance(item, str) and item == ".":
            return ""
        atom = self._atom(item)
        text = atom.box.lines[0] if atom is not None else ""
        text = {"<": "⟨", ">": "⟩"}.get(text, text)
        if text not in symbols.TALL and text not in "⟨⟩/↑↓":
            raise ContentError(f"{text!r} is no delimiter")
        return text

    # --- macros with arguments

    def _macro_frac(self, name: str, arguments: list[Any]) -> _Atom:
        over, under = (_Layout(self.tall, self.script).atoms(_inside(a)) for a in arguments)
        if self.tall and name != "tfrac" and not self.script:
            top, bottom = self._join(over), self._join(under)
            bar = "─" * (max(top.width, bottom.width) + 2)
            return _Atom("inner", boxes.stack([top, Box((bar,)), bottom], 1))
        flat = _Layout(False, self.script)
        over, under = (flat.atoms(_inside(a)) for a in arguments)
        line = _bracketed(flat, over, False) + "/" + _bracketed(flat, under, True)
        return _Atom("inner", Box((line,)))

    def _macro_binom(self, _: str, arguments: list[Any]) -> _Atom:
        top, bottom = (self.box(_inside(a)) for a in arguments)
        if self.tall:
            return _Atom("ord", boxes.fenced("(", boxes.stack([top, Box(("",)), bottom], 1), ")"))
        return _Atom("ord", Box((f"C({top.lines[0]}, {bottom.lines[0]})",)))

    def _macro_sqrt(self, _: str, arguments: list[Any]) -> _Atom:
        inner = self.atoms(_inside(arguments[1]))
        box, root = self._join(inner), "√"
        if arguments[0] is not None:
            degree = _Layout(False, True).box(_inside(arguments[0]))
            root = (
                _small(_Atom("ord", degree), symbols.SUPERSCRIPTS) or f"{degree.lines[0]} "
            ) + "√"
        if len(box.lines) == 1:
            line = box.lines[0]
            return _Atom(
                "ord",
                Box(
                    (root + (line if len(inner) == 1 and inner[0].kind == "ord" else f"({line})"),)
                ),
            )
        lines = ["┌" + "─" * (box.width + 1), *("│ " + line for line in box.lines)]
        last = len(lines) - 1
        lines = [(root if i == last else " " * width(root)) + line for i, line in enumerate(lines)]
        return _Atom("ord", Box(tuple(lines), box.base + 1))

    def _macro_operatorname(self, _: str, arguments: list[Any]) -> _Atom:
        return _Atom("op", Box((_plain(arguments[1]),)), word=True, limits=arguments[0] is not None)

    def _macro_underset(self, name: str, arguments: list[Any]) -> _Atom:
        return self._set(arguments[1], arguments[0], above=name != "underset")

    def _set(self, base: Any, script: Any, *, above: bool) -> _Atom:
        inner = self.atoms(_inside(base))
        first = inner[0] if len(inner) == 1 else _Atom("ord", self._join(inner))
        atom = _Atom("ord", _Layout(self.tall, True).box(_inside(script)))
        first = _Atom(first.kind, first.box, first.word, limits=True)
        return self._attach(first, None if above else atom, atom if above else None)

    def _macro_underbrace(self, name: str, arguments: list[Any]) -> _Atom:
        box, over = self.box(_inside(arguments[0])), name == "overbrace"
        if not self.tall:
            return _Atom("ord", Box((f"({box.lines[0]})",)), limits=True)
        size = max(box.width, 3)
        left = (size - 3) // 2
        ends = "╭┴╮" if over else "╰┬╯"
        brace = Box((ends[0] + "─" * left + ends[1] + "─" * (size - 3 - left) + ends[2],))
        rows = [brace, box] if over else [box, brace]
        return _Atom("inner", boxes.stack(rows, 1 if over else 0), limits=True)

    def _macro_boxed(self, _: str, arguments: list[Any]) -> _Atom:
        box = self.box(_inside(arguments[0]))
        if not self.tall:
            return _Atom("ord", Box((f"[{box.lines[0]}]",)))
        rule = "─" * (box.width + 2)
        middle = [f"│ {pad(line, box.width)} │" for line in box.lines]
        return _Atom("inner", Box((f"┌{rule}┐", *middle, f"└{rule}┘"), box.base + 1))

    def _macro_substack(self, _: str, arguments: list[Any]) -> _Atom:
        grid = _grid(_inside(arguments[0]))
        rows = [self._cell([node for cell in cells for node in cell]) for cells in grid]
        if self.tall:
            return _Atom("ord", boxes.stack(rows, 0))
        return _Atom("ord", Box((", ".join(r.lines[0] for r in rows),)))

    def _macro_xrightarrow(self, name: str, arguments: list[Any]) -> _Atom:
        label = _Layout(False, True).box(_inside(arguments[1])).lines[0]
        left = name == "xleftarrow"
        arrow = "─" * max(width(label), 2)
        if self.tall:
            arrow = ("←" if left else "") + arrow + "──" + ("" if left else "→")
            return _Atom("rel", boxes.stack([Box((label,)), Box((arrow,))], 1))
        return _Atom("rel", Box((f"←({label})─" if left else f"─({label})→",)))

    def _macro_pmod(self, _: str, arguments: list[Any]) -> _Atom:
        return _Atom("inner", Box((f"(mod {_Layout(False).box(_inside(arguments[0])).lines[0]})",)))

    def _macro_not(self, _: str, arguments: list[Any]) -> _Atom:
        return _Atom(
            "rel", Box((boxes.append(self.box(_inside(arguments[0])), "\u0338").lines[0],))
        )

    def _macro_phantom(self, _: str, arguments: list[Any]) -> _Atom:
        return _Atom("space", Box((" " * self.box(_inside(arguments[0])).width,)))

    def _accent(self, name: str, argument: Any) -> _Atom:
        box = _Layout(False, self.script).box(_inside(argument))
        line = box.lines[0]
        if name in symbols.LINES:
            line = "".join(c if unicodedata.combining(c) else c + symbols.LINES[name] for c in line)
        elif line:
            end = 1
            while end < len(line) and unicodedata.combining(line[end]):
                end += 1
            line = line[:end] + symbols.ACCENTS[name] + line[end:]
        return _Atom("ord", Box((unicodedata.normalize("NFC", line),)))

    # --- environments

    def _environment(self, node: Any) -> _Atom:
        name = node.environmentname
        if name not in _ENVIRONMENTS:
            raise ContentError(
                f"unknown environment {name}", "one of " + ", ".join(sorted(_ENVIRONMENTS))
            )
        aligned = name in symbols.ALIGNED
        rows = [
            [self._cell(cell, aligned and number % 2 == 1) for number, cell in enumerate(row)]
            for row in _grid(node.nodelist)
        ]
        if aligned:
            if not self.tall:
                lines = [" ".join(c.lines[0] for c in row if c.lines[0]) for row in rows]
                return _Atom("inner", Box(("; ".join(lines),)))
            return _Atom("inner", boxes.table(rows, "rl", (3, 1)))
        if name == "cases":
            if not self.tall:
                lines = ["  ".join(c.lines[0].rstrip(",") for c in row) for row in rows]
                return _Atom("inner", Box(("{ " + "; ".join(lines) + " }",)))
            return _Atom(
                "inner", boxes.fenced("{", boxes.table(rows, "l", (3, 3), airy=len(rows) == 2), "")
            )
        left, right = symbols.MATRICES[name]
        if not self.tall:
            left, right = (left, right) if left else ("[", "]")
            inner = "; ".join(", ".join(c.lines[0] for c in row) for row in rows)
            return _Atom("inner", Box((left + inner + right,)))
        return _Atom("inner", boxes.fenced(left, boxes.table(rows, "c", (2, 2)), right))

    def _cell(self, nodes: Sequence[Any], goes_on: bool = False) -> Box:
        return _Layout(self.tall, self.script, goes_on).box(nodes)

    # --- atoms to a box

    def _join(self, atoms: Sequence[_Atom]) -> Box:
        row: list[Box] = []
        before = ""
        room = 0
        for index, atom in enumerate(atoms):
            kind = atom.kind
            if kind == "space":
                room = max(room, atom.box.width) if atom.box.width else room
                continue
            follows = next((a.kind for a in atoms[index + 1 :] if a.kind != "space"), "")
            begins = before == "" and not self.goes_on
            if kind == "bin" and (begins or before in _BEFORE_SIGN or not follows):
                kind = "sign"
            if before:
                room = max(room, _gap(before, kind, self.script))
            if room:
                row.append(Box((" " * room,)))
            row.append(atom.box)
            before, room = kind, 0
        return boxes.beside(row)


_BEFORE_SIGN: Final = ("bin", "rel", "open", "punct", "op", "big", "sign")
_SAME: Final[dict[str, str]] = {
    "dfrac": "_macro_frac", "tfrac": "_macro_frac", "overset": "_macro_underset",
    "stackrel": "_macro_underset", "overbrace": "_macro_underbrace",
    "xleftarrow": "_macro_xrightarrow",
}  # fmt: skip


@lru_cache(maxsize=1)
def _known() -> tuple[str, ...]:
    """Every macro's name, for near misses."""
    tables = (
        symbols.ORDINARY, symbols.BINARY, symbols.RELATION, symbols.OPEN, symbols.CLOSE,
        symbols.BIG, symbols.FUNCTIONS, symbols.SPACES, symbols.STYLES, symbols.ACCENTS,
        symbols.LINES, _ARGUMENTS,
    )  # fmt: skip
    return tuple(name for table in tables for name in table if name[0].isalpha())


# --- reading the parser's nodes

_TOKENS: Final = re.compile(r"\d+(?:\.\d+)?|:=|\s+|.", re.DOTALL)


def _items(nodes: Sequence[Any]) -> list[Any]:
    """Characters (numbers whole, spaces gone) and nodes, in one list."""
    from pylatexenc.latexwalker import LatexCharsNode, LatexCommentNode

    items: list[Any] = []
    for node in nodes:
        if isinstance(node, str):
            items.append(node)  # split before
        elif isinstance(node, LatexCharsNode):
            items += [token for token in _TOKENS.findall(node.chars) if not token.isspace()]
        elif isinstance(node, LatexCommentNode):
            raise ContentError("a % begins a comment", "write \\%")
        elif node is not None:
            items.append(node)
    return items


def _is_script(item: Any) -> bool:
    return isinstance(item, str) and item in (
        "_",
        "^",
        "'",
    )  # a node can not be compared with a text


def _is_macro(item: Any, name: str) -> bool:
    return getattr(item, "macroname", None) == name


def _inside(node: Any) -> Sequence[Any]:
    """What an argument holds, without its braces."""
    from pylatexenc.latexwalker import LatexGroupNode

    return list(node.nodelist) if isinstance(node, LatexGroupNode) else [node]


def _plain(node: Any) -> str:
    """The argument of \\text, where spaces count."""
    source = "".join(n.latex_verbatim() for n in _inside(node))
    text = re.sub(r"\\([ _%&$#{}])|\\[,;:]|~", lambda m: m[1] or " ", source)
    if re.search(r"\\[A-Za-z]|[$^]", text):
        raise ContentError(f"{source!r} is more than text", "put the mathematics outside \\text")
    return re.sub(r"\s+", " ", text)


def _grid(nodes: Sequence[Any]) -> list[list[list[Any]]]:
    """Rows of cells of nodes, parted at ``\\\\`` and ``&``."""
    rows: list[list[list[Any]]] = [[[]]]
    for node in nodes:
        if _is_macro(node, "\\"):
            rows.append([[]])
        elif getattr(node, "specials_chars", "") == "&":
            rows[-1].append([])
        elif not _is_macro(node, "hline"):
            rows[-1][-1].append(node)
    if not _items([node for cell in rows[-1] for node in cell]):
        rows.pop()  # the last row ended with \\
    return rows


def _small(script: _Atom, table: Mapping[str, str]) -> str | None:
    """The script in raised or lowered characters, where Unicode has them all."""
    if len(script.box.lines) != 1:
        return None
    line = script.box.lines[0]
    if (script.word and len(line) > 2) or not all(char in table for char in line):
        return None
    return "".join(table[char] for char in line)


def _bracketed(layout: _Layout, atoms: Sequence[_Atom], under: bool) -> str:
    """Numerator or denominator of a fraction in a line, in brackets where it needs them."""
    line = layout._join(atoms).lines[0]
    pieces, depth, spaced = 0, 0, " " in line and layout.script is False
    for atom in atoms:
        depth -= atom.kind == "close"
        if depth == 0 and atom.kind not in ("space", "close", "fence"):
            pieces += 0 if atom.kind == "open" and pieces else 1
            spaced = spaced or atom.kind in ("bin", "rel", "inner")
        depth += atom.kind == "open"
    if not any(a.kind in ("bin", "rel", "inner", "op", "big", "punct") for a in atoms):
        spaced = False
    differential = pieces == 2 and line[0] in "∂dΔδ∇"
    if spaced or (under and pieces > 1 and not differential):
        return f"({line})"
    return line


def _gap(before: str, after: str, script: bool) -> int:
    """Spaces between two neighbours, after TeX's own table."""
    right = {"fence": "open", "sign": "ord"}.get(after, after)
    left = {"fence": "close", "sign": "open"}.get(before, before)
    if script:
        return int(
            (left in ("op", "big") and right in ("ord", "op", "inner", "big"))
            or (right == "op" and left in ("ord", "close", "inner"))
        )
    if left == "open" or right in ("close", "punct"):
        return 0
    if "rel" in (left, right):
        return int(left != right)
    if "bin" in (left, right) or left in ("punct", "big"):
        return 1
    if left == "op":
        return int(right != "open")
    if right in ("op", "big"):
        return int(left in ("ord", "close", "inner", "loose"))
    if left == "loose":
        return int(right in ("ord", "inner", "loose"))
    return int("inner" in (left, right))
