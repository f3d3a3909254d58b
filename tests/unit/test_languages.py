"""The interface speaks both languages: every text given to ``t`` has a Chinese one."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import dltutor
from dltutor import i18n

ROOT = Path(dltutor.__file__).parent


def calls() -> Iterator[tuple[Path, ast.Call]]:
    """Every call of ``t`` or ``i18n.t`` in the shell."""
    for file in sorted(ROOT.rglob("*.py")):
        if "scaffold" in file.parts or "zh" in file.parts:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func
            if (isinstance(name, ast.Name) and name.id == "t") or (
                isinstance(name, ast.Attribute)
                and name.attr == "t"
                and isinstance(name.value, ast.Name)
                and name.value.id == "i18n"
            ):
                yield file, node


def literal(node: ast.Call) -> list[str] | None:
    """The texts that a call may be given: a literal, or either side of ``a if x else b``."""
    if not node.args:
        return None
    return _texts(node.args[0])


def _texts(node: ast.expr) -> list[str] | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        sides = (_texts(node.body), _texts(node.orelse))
        return None if None in sides else [text for side in sides for text in side or ()]
    return None


def used() -> dict[str, str]:
    """Text, and where it is used first."""
    found: dict[str, str] = {}
    for file, call in calls():
        for text in literal(call) or ():
            found.setdefault(text, f"{file.relative_to(ROOT)}:{call.lineno}")
    return found


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def constants() -> set[str]:
    """Every string constant of the shell, for texts that reach ``t`` through a table."""
    found: set[str] = set()
    for file in ROOT.rglob("*.py"):
        if "zh" not in file.parts:
            tree = ast.parse(file.read_text(encoding="utf-8"))
            found |= {
                node.value
                for node in ast.walk(tree)
                if isinstance(node, ast.Constant) and isinstance(node.value, str)
            }
    return found


def test_every_text_has_a_chinese_one() -> None:
    catalogue = i18n.catalogue()
    missing = {text: place for text, place in used().items() if text not in catalogue}
    assert not missing


def test_translations_take_the_same_values() -> None:
    wrong = {
        english: chinese
        for english, chinese in i18n.catalogue().items()
        if placeholders(english) != placeholders(chinese)
    }
    assert not wrong


def test_calls_give_the_values_that_the_text_names() -> None:
    wrong = []
    for file, call in calls():
        if any(keyword.arg is None for keyword in call.keywords):
            continue  # **values
        given = {keyword.arg for keyword in call.keywords}
        for text in literal(call) or ():
            named = {name for name in placeholders(text) if not name.isdecimal()}
            if not named <= given:
                place = f"{file.relative_to(ROOT)}:{call.lineno}"
                wrong.append(f"{place}: {text!r} is given {sorted(map(str, given))}")
    assert not wrong


def test_no_translation_is_left_over() -> None:
    known = constants()
    assert not [text for text in i18n.catalogue() if text not in known]


def test_no_text_is_translated_twice() -> None:
    import importlib

    seen: dict[str, str] = {}
    twice = []
    for name in i18n.CATALOGUES:
        for english, chinese in importlib.import_module(f"dltutor.zh.{name}").TEXTS.items():
            if seen.setdefault(english, chinese) != chinese:
                twice.append(english)
    assert not twice


def test_chinese_texts_are_set_as_in_print() -> None:
    from dltutor.learning.lint import chinese

    offences = {
        text: message
        for text in i18n.catalogue().values()
        # what is filled in may be anything
        for _, message in chinese.problems(_filled(text))
    }
    assert not offences


def _filled(text: str) -> str:
    import re

    return re.sub(r"\{[^}]*\}", "某", text)
