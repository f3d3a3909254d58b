"""Turns what the parser read into boxes of text."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any, Final

from dltutor.errors import ContentError
from dltutor.formula import boxes, symbols
from dltutor.formula.atoms import Atom, bracketed, join, small
from dltutor.formula.boxes import Box
from dltutor.formula.reading import (
    ENVIRONMENTS,
    TEXTS,
    grid,
    inside,
    is_macro,
    is_script,
    items,
    known,
    plain,
)
from dltutor.text import pad, width

_CHARACTERS: Final[dict[str, tuple[str, str]]] = {
    "+": ("bin", "+"), "-": ("bin", "−"), "*": ("bin", "*"), "=": ("rel", "="), "<": ("rel", "<"),
    ">": ("rel", ">"), ",": ("punct", ","), ";": ("punct", ";"), ":": ("punct", ":"),
    "(": ("open", "("), "[": ("open", "["), ")": ("close", ")"), "]": ("close", "]"),
    "!": ("close", "!"), ":=": ("rel", ":="), "'": ("ord", "′"),
}  # fmt: skip


class Layout:
    """Turns parsed nodes into boxes. ``tall`` allows more than one line."""

    def __init__(self, tall: bool, script: bool = False, goes_on: bool = False) -> None:
        self.tall, self.script = tall, script
        self.goes_on = goes_on
        """it continues a line, so a + at its beginning is an operation and not a sign"""

    def box(self, nodes: Sequence[Any]) -> Box:
        return self._join(self.atoms(nodes))

    def _join(self, atoms: Sequence[Atom]) -> Box:
        return join(atoms, script=self.script, goes_on=self.goes_on)

    # --- nodes to atoms

    def atoms(self, nodes: Sequence[Any]) -> list[Atom]:
        """The atoms of a row, with their scripts attached."""
        row, at = items(nodes), 0
        found: list[Atom] = []
        while at < len(row):
            item = row[at]
            if is_script(item):
                base = (
                    found.pop() if found and found[-1].kind != "space" else Atom("ord", Box(("",)))
                )
                at = self._scripts(base, row, at, found)
            elif is_macro(item, "left"):
                at = self._fence(row, at, found)
            else:
                atom = self._atom(item)
                at += 1
                if atom is not None:
                    found.append(atom)
        return found

    def _atom(self, item: Any) -> Atom | None:
        from pylatexenc import latexwalker as lw

        if isinstance(item, str):
            kind, char = _CHARACTERS.get(item, ("ord", item))
            return Atom(kind, Box((char,)))
        if isinstance(item, lw.LatexGroupNode):
            inner = self.atoms(item.nodelist)
            if len(inner) == 1 and inner[0].kind not in ("punct", "bin", "rel"):
                return inner[0]
            return Atom("ord", self._join(inner))
        if isinstance(item, lw.LatexEnvironmentNode):
            return self._environment(item)
        if isinstance(item, lw.LatexSpecialsNode) and item.specials_chars == "~":
            return Atom("space", Box((" ",)))
        if isinstance(item, lw.LatexSpecialsNode):
            raise ContentError(
                "& outside a matrix, cases or aligned", "an ampersand is written \\&"
            )
        if isinstance(item, lw.LatexMacroNode):
            return self._macro(item)
        raise ContentError(f"{item.latex_verbatim()!r} has no place in a formula")

    def _macro(self, node: Any) -> Atom | None:
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
                return Atom(kind, Box((table[name],)))
        if name in symbols.BIG:
            return Atom("big", Box((symbols.BIG[name],)), limits=True)
        if name in symbols.FUNCTIONS:
            return Atom("op", Box((name,)), word=True, limits=name in symbols.LIMITS)
        if name in symbols.SPACES:
            return Atom("space", Box((" " * symbols.SPACES[name],)))
        if name in symbols.IGNORED:
            return None
        if name in TEXTS:
            return Atom("ord", Box((plain(arguments[0]),)), word=True)
        if name in symbols.STYLES:
            box = Layout(False, True).box([arguments[0]])
            line = symbols.styled(name, box.lines[0])
            return Atom("ord", Box((line,)), word=name in symbols.PLAIN_STYLES and len(line) > 1)
        if name in symbols.ACCENTS or name in symbols.LINES:
            return self._accent(name, arguments[0])
        method = getattr(self, f"_macro_{name}", None) or _SAME.get(name)
        if method is None:
            from difflib import get_close_matches

            near = get_close_matches(name, known(), n=1)
            raise ContentError(
                f"unknown macro \\{name}", f"did you mean \\{near[0]}?" if near else ""
            )
        if isinstance(method, str):
            method = getattr(self, method)
        atom: Atom = method(name, arguments)
        return atom

    # --- scripts, fences

    def _scripts(self, base: Atom, row: list[Any], at: int, found: list[Atom]) -> int:
        scripts: dict[str, Atom] = {}
        while at < len(row) and is_script(row[at]):
            if row[at] == "'":
                base = Atom(base.kind, boxes.append(base.box, "′"), base.word, base.limits)
                at += 1
                continue
            sign = row[at]
            if at + 1 >= len(row):
                raise ContentError(f"nothing follows {sign}")
            if sign in scripts:
                raise ContentError(f"two {sign} on one symbol", "use braces")
            item = row[at + 1]
            if is_macro(item, "left") or (isinstance(item, str) and len(item) > 1):
                raise ContentError(f"more than one symbol after {sign}", "use braces")
            layout = Layout(self.tall, True)
            inner = layout.atoms([item] if isinstance(item, str) else inside(item))
            scripts[sign] = Atom("ord", layout._join(inner), word=all(a.word for a in inner))
            at += 2
        found.append(self._attach(base, scripts.get("_"), scripts.get("^")))
        return at

    def _attach(self, base: Atom, below: Atom | None, above: Atom | None) -> Atom:
        if self.tall and base.limits:
            rows = [above.box] if above else []
            rows.append(base.box)
            rows += [below.box] if below else []
            return Atom(base.kind, boxes.stack(rows, 1 if above else 0))
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
            letters = small(script, table)
            if letters is not None and flat:
                box = boxes.append(box, letters)
            elif self.tall:
                rest[sign] = Box((letters,)) if letters is not None else script.box
            else:
                line = script.box.lines[0]
                whole = script.word or len(line) == 1 or (line[0], line[-1]) == ("[", "]")
                box = boxes.append(box, sign + (line if whole else f"({line})"))
                kind = "loose" if kind == "ord" else kind
        return Atom(
            kind, boxes.corner(box, rest.get("^"), rest.get("_")) if rest else box, base.word
        )

    def _fence(self, row: list[Any], at: int, found: list[Atom]) -> int:
        """``\\left( … \\right)``: the delimiters grow with what stands between them."""
        depth, end = 1, at + 2
        while end < len(row):
            depth += is_macro(row[end], "left") - is_macro(row[end], "right")
            if depth == 0:
                break
            end += 1
        else:
            raise ContentError("\\left without \\right")
        if end + 1 >= len(row):
            raise ContentError("\\right without a delimiter")
        left, right = (self._delimiter(row[i]) for i in (at + 1, end + 1))
        found.append(Atom("fence", boxes.fenced(left, self.box(row[at + 2 : end]), right)))
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

    def _macro_frac(self, name: str, arguments: list[Any]) -> Atom:
        over, under = (Layout(self.tall, self.script).atoms(inside(a)) for a in arguments)
        if self.tall and name != "tfrac" and not self.script:
            top, bottom = self._join(over), self._join(under)
            bar = "─" * (max(top.width, bottom.width) + 2)
            return Atom("inner", boxes.stack([top, Box((bar,)), bottom], 1))
        flat = Layout(False, self.script)
        over, under = (flat.atoms(inside(a)) for a in arguments)
        line = "/".join(
            bracketed(atoms, under=atoms is under, script=self.script) for atoms in (over, under)
        )
        return Atom("inner", Box((line,)))

    def _macro_binom(self, _: str, arguments: list[Any]) -> Atom:
        top, bottom = (self.box(inside(a)) for a in arguments)
        if self.tall:
            return Atom("ord", boxes.fenced("(", boxes.stack([top, Box(("",)), bottom], 1), ")"))
        return Atom("ord", Box((f"C({top.lines[0]}, {bottom.lines[0]})",)))

    def _macro_sqrt(self, _: str, arguments: list[Any]) -> Atom:
        inner = self.atoms(inside(arguments[1]))
        box, root = self._join(inner), "√"
        if arguments[0] is not None:
            degree = Layout(False, True).box(inside(arguments[0]))
            root = (small(Atom("ord", degree), symbols.SUPERSCRIPTS) or f"{degree.lines[0]} ") + "√"
        if len(box.lines) == 1:
            line = box.lines[0]
            return Atom(
                "ord",
                Box(
                    (root + (line if len(inner) == 1 and inner[0].kind == "ord" else f"({line})"),)
                ),
            )
        lines = ["┌" + "─" * (box.width + 1), *("│ " + line for line in box.lines)]
        last = len(lines) - 1
        lines = [(root if i == last else " " * width(root)) + line for i, line in enumerate(lines)]
        return Atom("ord", Box(tuple(lines), box.base + 1))

    def _macro_operatorname(self, _: str, arguments: list[Any]) -> Atom:
        return Atom("op", Box((plain(arguments[1]),)), word=True, limits=arguments[0] is not None)

    def _macro_underset(self, name: str, arguments: list[Any]) -> Atom:
        return self._set(arguments[1], arguments[0], above=name != "underset")

    def _set(self, base: Any, script: Any, *, above: bool) -> Atom:
        inner = self.atoms(inside(base))
        first = inner[0] if len(inner) == 1 else Atom("ord", self._join(inner))
        atom = Atom("ord", Layout(self.tall, True).box(inside(script)))
        first = Atom(first.kind, first.box, first.word, limits=True)
        return self._attach(first, None if above else atom, atom if above else None)

    def _macro_underbrace(self, name: str, arguments: list[Any]) -> Atom:
        box, over = self.box(inside(arguments[0])), name == "overbrace"
        if not self.tall:
            return Atom("ord", Box((f"({box.lines[0]})",)), limits=True)
        size = max(box.width, 3)
        left = (size - 3) // 2
        ends = "╭┴╮" if over else "╰┬╯"
        brace = Box((ends[0] + "─" * left + ends[1] + "─" * (size - 3 - left) + ends[2],))
        rows = [brace, box] if over else [box, brace]
        return Atom("inner", boxes.stack(rows, 1 if over else 0), limits=True)

    def _macro_boxed(self, _: str, arguments: list[Any]) -> Atom:
        box = self.box(inside(arguments[0]))
        if not self.tall:
            return Atom("ord", Box((f"[{box.lines[0]}]",)))
        rule = "─" * (box.width + 2)
        middle = [f"│ {pad(line, box.width)} │" for line in box.lines]
        return Atom("inner", Box((f"┌{rule}┐", *middle, f"└{rule}┘"), box.base + 1))

    def _macro_substack(self, _: str, arguments: list[Any]) -> Atom:
        cells = grid(inside(arguments[0]))
        rows = [self._cell([node for cell in row for node in cell]) for row in cells]
        if self.tall:
            return Atom("ord", boxes.stack(rows, 0))
        return Atom("ord", Box((", ".join(r.lines[0] for r in rows),)))

    def _macro_xrightarrow(self, name: str, arguments: list[Any]) -> Atom:
        label = Layout(False, True).box(inside(arguments[1])).lines[0]
        left = name == "xleftarrow"
        arrow = "─" * max(width(label), 2)
        if self.tall:
            arrow = ("←" if left else "") + arrow + "──" + ("" if left else "→")
            return Atom("rel", boxes.stack([Box((label,)), Box((arrow,))], 1))
        return Atom("rel", Box((f"←({label})─" if left else f"─({label})→",)))

    def _macro_pmod(self, _: str, arguments: list[Any]) -> Atom:
        return Atom("inner", Box((f"(mod {Layout(False).box(inside(arguments[0])).lines[0]})",)))

    def _macro_not(self, _: str, arguments: list[Any]) -> Atom:
        return Atom("rel", Box((boxes.append(self.box(inside(arguments[0])), "\u0338").lines[0],)))

    def _macro_phantom(self, _: str, arguments: list[Any]) -> Atom:
        return Atom("space", Box((" " * self.box(inside(arguments[0])).width,)))

    def _accent(self, name: str, argument: Any) -> Atom:
        box = Layout(False, self.script).box(inside(argument))
        line = box.lines[0]
        if name in symbols.LINES:
            line = "".join(c if unicodedata.combining(c) else c + symbols.LINES[name] for c in line)
        elif line:
            end = 1
            while end < len(line) and unicodedata.combining(line[end]):
                end += 1
            line = line[:end] + symbols.ACCENTS[name] + line[end:]
        return Atom("ord", Box((unicodedata.normalize("NFC", line),)))

    # --- environments

    def _environment(self, node: Any) -> Atom:
        name = node.environmentname
        if name not in ENVIRONMENTS:
            raise ContentError(
                f"unknown environment {name}", "one of " + ", ".join(sorted(ENVIRONMENTS))
            )
        aligned = name in symbols.ALIGNED
        rows = [
            [self._cell(cell, aligned and number % 2 == 1) for number, cell in enumerate(row)]
            for row in grid(node.nodelist)
        ]
        if aligned:
            if not self.tall:
                lines = [" ".join(c.lines[0] for c in row if c.lines[0]) for row in rows]
                return Atom("inner", Box(("; ".join(lines),)))
            return Atom("inner", boxes.table(rows, "rl", (3, 1)))
        if name == "cases":
            if not self.tall:
                lines = ["  ".join(c.lines[0].rstrip(",") for c in row) for row in rows]
                return Atom("inner", Box(("{ " + "; ".join(lines) + " }",)))
            return Atom(
                "inner", boxes.fenced("{", boxes.table(rows, "l", (3, 3), airy=len(rows) == 2), "")
            )
        left, right = symbols.MATRICES[name]
        if not self.tall:
            left, right = (left, right) if left else ("[", "]")
            inner = "; ".join(", ".join(c.lines[0] for c in row) for row in rows)
            return Atom("inner", Box((left + inner + right,)))
        return Atom("inner", boxes.fenced(left, boxes.table(rows, "c", (2, 2)), right))

    def _cell(self, nodes: Sequence[Any], goes_on: bool = False) -> Box:
        return Layout(self.tall, self.script, goes_on).box(nodes)


_SAME: Final[dict[str, str]] = {
    "dfrac": "_macro_frac", "tfrac": "_macro_frac", "overset": "_macro_underset",
    "stackrel": "_macro_underset", "overbrace": "_macro_underbrace",
    "xleftarrow": "_macro_xrightarrow",
}  # fmt: skip
