"""Exercises: what a chapter asks the learner to write, and the check of it.

The format of the folders is in ``docs/exercises.md``.
"""

from __future__ import annotations

import ast
import importlib.util
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dltutor import content, registry
from dltutor.chapter import LANGUAGES, Chapter, Text
from dltutor.errors import ContentError, MissingPackagesError, UsageError
from dltutor.i18n import current, t
from dltutor.learning.verdict import CaseResult, Result, report, result_of

if TYPE_CHECKING:
    from dltutor.learning.sandbox import Sandbox

SECONDS = 20.0
KEYS = {"id", "lesson", "title", "bughunt", "hints", "note", "seconds", "imports"}
FILES = ("exercise.toml", "statement.en.md", "starter.py", "solution.py", "check.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """One exercise of a chapter."""

    id: str
    """the full id, ``"chapter3/one-hot"``: progress hangs on it"""
    chapter_id: str
    name: str
    """the id without the chapter"""
    number: int
    """from the folder's name; the order in the chapter"""
    lesson: str
    """slug of the lesson that it belongs to"""
    title: Text
    hints: tuple[Text, ...]
    note: Text
    """why the solution is as it is"""
    bughunt: bool
    """the starter runs but is wrong"""
    seconds: float
    """limit for the learner's code"""
    imports: tuple[str, ...]
    """packages that the check needs, imported before the clock starts"""
    folder: Path

    @property
    def starter_path(self) -> Path:
        return self.folder / "starter.py"

    @property
    def solution_path(self) -> Path:
        return self.folder / "solution.py"

    @property
    def check_path(self) -> Path:
        return self.folder / "check.py"

    @property
    def starter(self) -> str:
        return content.read_text(self.starter_path)

    @property
    def solution(self) -> str:
        return content.read_text(self.solution_path)

    def statement(self, lang: str = "") -> str:
        """What to do, as Markdown, in ``lang`` or in English."""
        file = self.folder / f"statement.{lang or current()}.md"
        return content.read_text(file if file.is_file() else self.folder / "statement.en.md")


# ---------------------------------------------------------------- loading


def exercises(chapter: Chapter) -> tuple[Exercise, ...]:
    """The exercises of a chapter in their order; a fault in one is a ContentError that names file and key."""
    folder = content.folder(chapter) / "exercises"
    if not folder.is_dir():
        return ()
    found = [
        _load(chapter, f)
        for f in sorted(folder.iterdir())
        if f.is_dir() and not f.name.startswith((".", "__"))
    ]
    seen: dict[str, Exercise] = {}
    for exercise in found:
        for key in (exercise.name, str(exercise.number)):
            if key in seen:
                raise ContentError(
                    f"{exercise.folder} and {seen[key].folder} are both {key!r}",
                    "ids and numbers are unique",
                )
            seen[key] = exercise
    return tuple(sorted(found, key=lambda e: e.number))


def find_exercise(chapter: Chapter, name: str) -> Exercise:
    """The exercise of that number or name (the full id is fine too); a near miss suggests."""
    known = exercises(chapter)
    wanted = name.strip().lower().removeprefix(f"{chapter.id.lower()}/")
    for exercise in known:
        if wanted in (exercise.name, exercise.folder.name) or (
            wanted.isdigit() and int(wanted) == exercise.number
        ):
            return exercise
    if not known:
        raise UsageError(t("{chapter} has no exercises", chapter=chapter.id))
    near = get_close_matches(wanted, [e.name for e in known], n=1)
    hint = (
        t("did you mean {near}?", near=near[0])
        if near
        else t("there are: {names}", names=", ".join(e.name for e in known))
    )
    raise UsageError(t("{chapter} has no exercise {name!r}", chapter=chapter.id, name=name), hint)


def _load(chapter: Chapter, folder: Path) -> Exercise:
    match = re.fullmatch(r"(\d\d)-([a-z0-9]+(?:-[a-z0-9]+)*)", folder.name)
    if not match:
        raise ContentError(
            f"{folder}: an exercise's folder is named NN-name", "for example 01-one-hot"
        )
    for name in FILES:
        if not (folder / name).is_file():
            raise ContentError(f"{folder / name} is missing")
    file = folder / "exercise.toml"
    try:
        data = tomllib.loads(content.read_text(file))
    except tomllib.TOMLDecodeError as error:
        raise ContentError(f"{file} is not TOML: {error}") from None
    unknown = sorted(set(data) - KEYS)
    if unknown:
        near = get_close_matches(unknown[0], KEYS, n=1)
        raise ContentError(
            f"{file}: there is no key {unknown[0]!r}", f"did you mean {near[0]}?" if near else ""
        )
    hints = _get(file, data, "hints", list)
    if not hints:
        raise ContentError(f"{file}: hints is empty", "at least one")
    name = _get(file, data, "id", str)
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise ContentError(f"{file}: id {name!r}: small letters, digits and '-' only")
    seconds = data.get("seconds", SECONDS)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds <= 600:
        raise ContentError(f"{file}: seconds is a number from 0 to 600, not {seconds!r}")
    imports = data.get("imports", [])
    if not isinstance(imports, list) or not all(isinstance(i, str) and i for i in imports):
        raise ContentError(f"{file}: imports is a list of package names, not {imports!r}")
    bughunt = data.get("bughunt", False)
    if not isinstance(bughunt, bool):
        raise ContentError(f"{file}: bughunt is true or false, not {bughunt!r}")
    return Exercise(
        id=f"{chapter.id}/{name}",
        chapter_id=chapter.id,
        name=name,
        number=int(match[1]),
        lesson=_get(file, data, "lesson", str),
        title=_text(file, "title", data.get("title")),
        hints=tuple(_text(file, f"hints[{i}]", hint) for i, hint in enumerate(hints)),
        note=_text(file, "note", data.get("note")),
        bughunt=bughunt,
        seconds=float(seconds),
        imports=tuple(imports),
        folder=folder,
    )


def _get(file: Path, data: Mapping[str, Any], key: str, kind: type) -> Any:
    value = data.get(key)
    if not isinstance(value, kind) or value == "":
        what = "a list" if kind is list else "a text"
        raise ContentError(
            f"{file}: {key} is {what}"
            + (f", not {value!r}" if key in data else ", and it is missing")
        )
    return value


def _text(file: Path, key: str, value: Any) -> Text:
    if isinstance(value, str) and value.strip():
        return value
    if (
        isinstance(value, dict)
        and value.get("en")
        and all(k in LANGUAGES and isinstance(v, str) for k, v in value.items())
    ):
        return dict(value)
    raise ContentError(f"{file}: {key} is a text or {{en = ..., zh = ...}}, not {value!r}")


# ---------------------------------------------------------------- checking


def sandbox(exercise: Exercise) -> Sandbox:
    """A process that has imported what the check of ``exercise`` needs and waits for code."""
    from dltutor.learning.sandbox import Sandbox

    missing = [name for name in _packages(exercise) if importlib.util.find_spec(name) is None]
    if missing:
        raise MissingPackagesError(
            t(
                "{exercise} needs {packages}, which is not installed",
                exercise=exercise.id,
                packages=", ".join(missing),
            ),
            t(
                "run: {command}",
                command=registry.install_command(_requirement(exercise) or " ".join(missing)),
            ),
        )
    return Sandbox(exercise.check_path, exercise.imports, exercise.seconds)


def _packages(exercise: Exercise) -> list[str]:
    """The packages that the check imports, by their top names."""
    names = list(exercise.imports)
    try:
        tree = ast.parse(content.read_text(exercise.check_path))
    except (SyntaxError, ValueError):
        return names  # running it says what is wrong
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.append(node.module)
    return list(dict.fromkeys(name.partition(".")[0] for name in names))


def _requirement(exercise: Exercise) -> str:
    """What the chapter says brings its packages."""
    return next((c.install for c in registry.chapters() if c.id == exercise.chapter_id), "")


def check(exercise: Exercise, file: Path, *, ready: Sandbox | None = None) -> Result:
    """Runs the checks of ``exercise`` on any file, in a process of its own with limits.

    ``ready`` is a process from :func:`sandbox` that has been started before, to save the imports.
    Never raises for what the learner's code does; ContentError when ``check.py`` itself is broken.
    """
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        raise UsageError(
            t("{file} does not exist", file=file), t("start the exercise first")
        ) from None
    except OSError as error:
        raise UsageError(
            t("{file} can not be read: {reason}", file=file, reason=error.strerror)
        ) from None
    problem = ""
    try:
        source = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        problem = t(
            "the file is not UTF-8: line {line} holds other bytes; save it as UTF-8", line=line
        )
    else:
        if not source.strip():
            problem = t("the file is empty: `exercise reset` brings the starter back")
        elif re.search(r"^<<<<<<< .*^=======\r?$.*^>>>>>>> ", source, re.DOTALL | re.MULTILINE):
            problem = t(
                "the file holds an unfinished merge: choose between the parts marked <<<<<<<, "
                "=======, >>>>>>>"
            )
    if problem:
        return Result(False, (), problem, file=str(file))
    with ready or sandbox(exercise) as child:
        outcome = child.check(source, str(file))
    return result_of(outcome, exercise.seconds, str(file))


__all__ = [
    "CaseResult",
    "Exercise",
    "Result",
    "check",
    "exercises",
    "find_exercise",
    "report",
    "sandbox",
]
