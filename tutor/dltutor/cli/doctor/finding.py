"""What a check saw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "note", "fail"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor: ``fail`` is for what is broken, ``note`` for what is only absent."""

    check: str
    """what was looked at, in English; the screen shows its translation, JSON itself"""
    state: State
    seen: str
    mend: str = ""
    """a command to paste"""
