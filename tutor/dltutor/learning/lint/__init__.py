"""The gate for chapters: everything that can be wrong with one, found before a learner does.

``check(chapter)`` gives findings as data; ``dltutor plugins check`` prints them. The areas:

- contract: the hook, what it refers to, presets, parameters (``contract``);
- lessons: front matter, the two languages side by side, listings, links, widths (``lessons``);
- quiz: the questions, and that their stated answers are right (``quiz``);
- exercises: that every starter fails and every solution passes (``exercises``).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from dltutor.chapter import Chapter

AREAS: Final = ("contract", "lessons", "quiz", "exercises")
LEAST_QUESTIONS: Final = 10
LEAST_KINDS: Final = 4
LEAST_EXERCISES: Final = 4


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong (an error) or that one should look at (a warning)."""

    level: Literal["error", "warning"]
    area: str
    file: str
    """empty where no file is to blame"""
    line: int
    """from 1; 0 where no line is"""
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}: " if self.line else f"{self.file}: " if self.file else ""
        return f"{place}{self.level}: {self.message}"


def check(
    chapter: Chapter,
    target: str,
    only: Collection[str] = AREAS,
    tell: Callable[[str], None] | None = None,
) -> list[Finding]:
    """All findings about a chapter, in the order of AREAS and of the files.

    ``target`` is what its entry point names; ``tell`` is told what is being looked at.
    """
    from importlib import import_module

    found: list[Finding] = []
    for name in AREAS:
        if name in only:
            if tell is not None:
                tell(f"{chapter.id}: {name}")
            found += import_module(f"{__name__}.{name}").check(chapter, target)
    return list(dict.fromkeys(found))
