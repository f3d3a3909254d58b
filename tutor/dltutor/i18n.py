"""The interface in the reader's language.

``t("Right.")`` is the English text itself, or its translation from the catalogues in
``dltutor.zh``. A test checks that every text given to ``t`` has one.
"""

from __future__ import annotations

import importlib
from functools import lru_cache
from typing import Final

from dltutor import settings
from dltutor.chapter import Text, pick

CATALOGUES: Final = ("cli", "content", "doctor", "learning", "exercise", "runs", "serve", "tui")

_current = ""


def current() -> str:
    """The language of this process: ``"en"`` or ``"zh"``."""
    global _current
    if not _current:
        _current = settings.language()
    return _current


def use(lang: str) -> None:
    """Speaks ``lang`` from now on (the empty text: find out again)."""
    global _current
    _current = settings.language(lang) if lang else ""


def t(text: str, /, **values: object) -> str:
    """``text`` in the current language, with ``{names}`` filled in from ``values``."""
    if current() == "zh":
        text = catalogue().get(text, text)
    return text.format(**values) if values else text


def local(text: Text) -> str:
    """A chapter's text in the current language."""
    return pick(text, current())


@lru_cache(maxsize=1)
def catalogue() -> dict[str, str]:
    """English to Chinese, from all catalogues."""
    merged: dict[str, str] = {}
    for name in CATALOGUES:
        merged.update(importlib.import_module(f"dltutor.zh.{name}").TEXTS)
    return merged
