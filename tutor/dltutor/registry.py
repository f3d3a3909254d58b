"""Finds the chapters that are installed and loads each by itself.

One that fails, is slow or takes another's name becomes an entry that says why; every other
chapter works. A chapter that the user switched off is not even imported.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import pluggy

from dltutor import hookspecs, settings
from dltutor.chapter import ENTRY_POINT_GROUP, Chapter, Reference
from dltutor.errors import MissingPackagesError, TutorError, UsageError

SLOW_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Entry:
    """An installed entry point and what became of it."""

    name: str
    target: str
    distribution: str
    version: str
    chapter: Chapter | None = None
    problem: str = ""
    """why there is no chapter, or what to know about it (slow)"""
    enabled: bool = True
    seconds: float = 0.0


@lru_cache(maxsize=1)
def entries() -> tuple[Entry, ...]:
    """Every installed chapter, in the order of the book and then by name; loaded once a process."""
    disabled = settings.load().disabled
    found = [_load(point, enabled=point.name not in disabled) for point in _points()]
    found.sort(key=_place)
    return tuple(_without_clashes(found))


def chapters() -> tuple[Chapter, ...]:
    """The chapters that loaded."""
    return tuple(e.chapter for e in entries() if e.chapter is not None)


def _points() -> Iterable[EntryPoint]:
    # the same distribution can be on the path twice (an editable install beside its source)
    seen: set[tuple[str, str]] = set()
    for point in entry_points(group=ENTRY_POINT_GROUP):
        if (point.name, point.value) not in seen:
            seen.add((point.name, point.value))
            yield point


def _load(point: EntryPoint, *, enabled: bool) -> Entry:
    dist = point.dist
    entry = Entry(
        point.name,
        point.value,
        dist.name if dist else "?",
        dist.version if dist else "?",
        enabled=enabled,
    )
    if not enabled:
        return replace(entry, problem="switched off")
    start = time.perf_counter()
    try:
        with redirect_stdout(sys.stderr):  # what a plugin prints must not stand in our output
            chapter = chapter_of(point.load(), point.name)
    except (Exception, SystemExit) as error:  # a plugin may do anything
        return replace(entry, problem=_because(error), seconds=time.perf_counter() - start)
    seconds = time.perf_counter() - start
    problem = f"slow: took {seconds:.1f} s to load" if seconds > SLOW_SECONDS else ""
    return replace(entry, chapter=chapter, problem=problem, seconds=seconds)


def chapter_of(plugin: Any, name: str) -> Chapter:
    """Calls a plugin's hook, in a plugin manager of its own, and checks what comes back."""
    manager = pluggy.PluginManager("dltutor")
    manager.add_hookspecs(hookspecs)
    manager.register(plugin, name)
    manager.check_pending()
    values = manager.hook.dltutor_chapter()
    if not values:
        raise TypeError("it has no function dltutor_chapter marked with dltutor.hookspecs.hookimpl")
    if not isinstance(values[0], Chapter):
        raise TypeError(f"dltutor_chapter returned {type(values[0]).__name__}, not a Chapter")
    return values[0]


def _because(error: BaseException) -> str:
    text = " ".join(str(error).split()) or "no message"
    return f"{type(error).__name__}: {text}"[:300]


def _place(entry: Entry) -> tuple[float, bool, str]:
    number = entry.chapter.number if entry.chapter is not None else None
    return (
        number if number is not None else float("inf"),
        entry.distribution != "dltutor",
        entry.name,
    )


def _without_clashes(found: Sequence[Entry]) -> Iterable[Entry]:
    taken: dict[str, Entry] = {}
    for entry in found:
        if entry.chapter is None:
            yield entry
            continue
        names = _names(entry.chapter)
        clash = next((n for n in names if n in taken), None)
        if clash is None:
            taken.update(dict.fromkeys(names, entry))
            yield entry
        else:
            first = taken[clash]
            yield replace(
                entry,
                chapter=None,
                problem=f"the name {clash!r} is taken by {first.name} ({first.distribution})",
            )


def _names(chapter: Chapter) -> tuple[str, ...]:
    names = {chapter.id.lower(), chapter.slug.lower()}
    if chapter.number is not None:
        names.add(str(chapter.number))
    return tuple(sorted(names))


def find(name: str) -> Chapter:
    """The chapter of that id, number or slug; a near miss suggests the right name."""
    wanted = name.strip().lower()
    by_name = {n: c for c in chapters() for n in _names(c)}
    if wanted in by_name:
        return by_name[wanted]
    for entry in entries():
        if entry.chapter is None and wanted == entry.name.lower():
            raise TutorError(f"chapter {name!r} is installed but did not load: {entry.problem}")
    from difflib import get_close_matches

    near = get_close_matches(wanted, by_name, n=1)
    raise UsageError(
        f"there is no chapter {name!r}", f"did you mean {near[0]}?" if near else "see: dltutor list"
    )


def missing_packages(chapter: Chapter) -> tuple[str, ...]:
    """The import names that the chapter requires and that are not installed. Imports nothing."""
    return tuple(name for name in chapter.requires if not _installed(name))


def _installed(name: str) -> bool:
    if name in sys.modules:
        return sys.modules[name] is not None
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def install_command(requirement: str) -> str:
    """The command that installs ``requirement`` into the environment that runs this."""
    return f'{sys.executable} -m pip install "{requirement}"'


def require_packages(chapter: Chapter) -> None:
    """Raises MissingPackagesError with the one command that installs what the chapter needs."""
    missing = missing_packages(chapter)
    if missing:
        raise MissingPackagesError(
            f"{chapter.id} needs {', '.join(missing)}, which "
            f"{'is' if len(missing) == 1 else 'are'} not installed",
            f"run: {install_command(chapter.install or ' '.join(missing))}",
        )


def resolve(reference: Reference) -> Any:
    """Imports what ``"package.module:name"`` names."""
    module, colon, name = reference.partition(":")
    if not colon:
        raise ValueError(f"{reference!r} is not 'package.module:name'")
    value: Any = importlib.import_module(module)
    for part in name.split("."):
        value = getattr(value, part)
    return value
