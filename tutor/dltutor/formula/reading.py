"""Reads LaTeX: the macros and their arguments for the parser, and what to take from its nodes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from dltutor.errors import ContentError
from dltutor.formula import symbols

ARGUMENTS: Final[dict[str, str]] = {
    "frac": "{{", "dfrac": "{{", "tfrac": "{{", "binom": "{{", "sqrt": "[{", "text": "{",
    "textbf": "{", "textit": "{", "texttt": "{", "textrm": "{", "mbox": "{", "operatorname": "*{",
    "underset": "{{", "overset": "{{", "stackrel": "{{", "underbrace": "{", "overbrace": "{",
    "boxed": "{", "substack": "{", "xrightarrow": "[{", "xleftarrow": "[{", "pmod": "{", "not": "{",
    "phantom": "{", "\\": "*[",
}  # fmt: skip
TEXTS: Final = frozenset(("text", "textbf", "textit", "texttt", "textrm", "mbox"))
ENVIRONMENTS: Final = (*symbols.MATRICES, *symbols.ALIGNED, "cases")


@lru_cache(maxsize=1)
def context() -> Any:
    """The macros and their arguments, for the parser."""
    from pylatexenc import macrospec

    arguments = ARGUMENTS | dict.fromkeys((*symbols.STYLES, *symbols.ACCENTS, *symbols.LINES), "{")
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
            for name in ENVIRONMENTS
        ],
        specials=[macrospec.SpecialsSpec("&"), macrospec.SpecialsSpec("~")],
    )
    context.set_unknown_macro_spec(macrospec.MacroSpec(""))
    context.set_unknown_environment_spec(macrospec.EnvironmentSpec(""))
    return context


@lru_cache(maxsize=1)
def known() -> tuple[str, ...]:
    """Every macro's name, for near misses."""
    tables = (
        symbols.ORDINARY, symbols.BINARY, symbols.RELATION, symbols.OPEN, symbols.CLOSE,
        symbols.BIG, symbols.FUNCTIONS, symbols.SPACES, symbols.STYLES, symbols.ACCENTS,
        symbols.LINES, ARGUMENTS,
    )  # fmt: skip
    return tuple(name for table in tables for name in table if name[0].isalpha())


_TOKENS: Final = re.compile(r"\d+(?:\.\d+)?|:=|\s+|.", re.DOTALL)


def items(nodes: Sequence[Any]) -> list[Any]:
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


def is_script(item: Any) -> bool:
    return isinstance(item, str) and item in (
        "_",
        "^",
        "'",
    )  # a node can not be compared with a text


def is_macro(item: Any, name: str) -> bool:
    return getattr(item, "macroname", None) == name


def inside(node: Any) -> Sequence[Any]:
    """What an argument holds, without its braces."""
    from pylatexenc.latexwalker import LatexGroupNode

    return list(node.nodelist) if isinstance(node, LatexGroupNode) else [node]


def plain(node: Any) -> str:
    """The argument of \\text, where spaces count."""
    source = "".join(n.latex_verbatim() for n in inside(node))
    text = re.sub(r"\\([ _%&$#{}])|\\[,;:]|~", lambda m: m[1] or " ", source)
    if re.search(r"\\[A-Za-z]|[$^]", text):
        raise ContentError(f"{source!r} is more than text", "put the mathematics outside \\text")
    return re.sub(r"\s+", " ", text)


def grid(nodes: Sequence[Any]) -> list[list[list[Any]]]:
    """Rows of cells of nodes, parted at ``\\\\`` and ``&``."""
    rows: list[list[list[Any]]] = [[[]]]
    for node in nodes:
        if is_macro(node, "\\"):
            rows.append([[]])
        elif getattr(node, "specials_chars", "") == "&":
            rows[-1].append([])
        elif not is_macro(node, "hline"):
            rows[-1][-1].append(node)
    if not items([node for cell in rows[-1] for node in cell]):
        rows.pop()  # the last row ended with \\
    return rows
