"""The pieces of a row and how they stand beside each other, after TeX's own table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from dltutor.formula import boxes
from dltutor.formula.boxes import Box


@dataclass(frozen=True, slots=True)
class Atom:
    """A box and how it stands beside others, in the terms of TeX."""

    kind: str
    """ord, op, big, bin, rel, open, close, punct, inner, space; besides: sign (a bin that is none),
    fence (\\left … \\right) and loose (its script is written with _ or ^)"""
    box: Box
    word: bool = False
    """upright text, such as a subscript that is a word"""
    limits: bool = False


_BEFORE_SIGN: Final = ("bin", "rel", "open", "punct", "op", "big", "sign")


def join(atoms: Sequence[Atom], *, script: bool = False, goes_on: bool = False) -> Box:
    """Atoms in a row. ``goes_on``: the row continues a line, so a + at its beginning is no sign."""
    row: list[Box] = []
    before = ""
    room = 0
    for index, atom in enumerate(atoms):
        kind = atom.kind
        if kind == "space":
            room = max(room, atom.box.width) if atom.box.width else room
            continue
        follows = next((a.kind for a in atoms[index + 1 :] if a.kind != "space"), "")
        begins = before == "" and not goes_on
        if kind == "bin" and (begins or before in _BEFORE_SIGN or not follows):
            kind = "sign"
        if before:
            room = max(room, gap(before, kind, script))
        if room:
            row.append(Box((" " * room,)))
        row.append(atom.box)
        before, room = kind, 0
    return boxes.beside(row)


def gap(before: str, after: str, script: bool) -> int:
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


def small(script: Atom, table: Mapping[str, str]) -> str | None:
    """The script in raised or lowered characters, where Unicode has them all."""
    if len(script.box.lines) != 1:
        return None
    line = script.box.lines[0]
    if (script.word and len(line) > 2) or not all(char in table for char in line):
        return None
    return "".join(table[char] for char in line)


def bracketed(atoms: Sequence[Atom], *, under: bool, script: bool) -> str:
    """Numerator or denominator of a fraction in a line, in brackets where it needs them."""
    line = join(atoms, script=script).lines[0]
    pieces, depth, spaced = 0, 0, " " in line and not script
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
