"""Finds the chapters of a distribution that lies in a folder and is not installed."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

from dltutor import registry
from dltutor.chapter import ENTRY_POINT_GROUP, Chapter
from dltutor.content import read_text
from dltutor.errors import ContentError, TutorError, UsageError


def chapters_at(folder: Path) -> list[tuple[Chapter, str]]:
    """The chapters that ``folder/pyproject.toml`` announces, with what each entry point names.

    The folder's source root goes to the front of ``sys.path``, for this process and, through
    ``lint.child``, for those that it starts.
    """
    file = folder / "pyproject.toml"
    if not file.is_file():
        raise UsageError(f"{folder} has no pyproject.toml", "name a chapter, or a chapter's folder")
    points = _entry_points(file)
    if not points:
        raise UsageError(
            f"{file} announces no chapter", f'[project.entry-points."{ENTRY_POINT_GROUP}"]'
        )
    found = []
    for name, target in points.items():
        module = target.partition(":")[0]
        root = next((r for r in _roots(folder) if _holds(r, module)), None)
        if root is None:
            raise ContentError(f"{file}: entry point {name!r}: there is no module {module}")
        if str(root) not in sys.path:
            sys.path.insert(0, str(root))
            importlib.invalidate_caches()
        try:
            plugin = importlib.import_module(module)
            if not _is_below(getattr(plugin, "__file__", None), root):
                raise TutorError(
                    f"{module} is installed elsewhere too", f"check it by name, not at {folder}"
                )
            found.append((registry.chapter_of(plugin, name), module))
        except TutorError:
            raise
        except (Exception, SystemExit) as error:
            raise ContentError(f"{module}: {type(error).__name__}: {error}") from None
    return found


def _entry_points(file: Path) -> dict[str, str]:
    import tomllib

    try:
        project = tomllib.loads(read_text(file)).get("project", {})
    except tomllib.TOMLDecodeError as error:
        raise ContentError(f"{file} is not TOML: {error}") from None
    points = project.get("entry-points", {}).get(ENTRY_POINT_GROUP, {})
    return {str(name): str(target) for name, target in points.items()}


def _roots(folder: Path) -> Iterator[Path]:
    folder = folder.resolve()
    yield folder / "src"
    yield folder
    # a folder a source root, as in the tutor's own repository
    yield from sorted(
        place for place in folder.iterdir() if place.is_dir() and place.name[0] != "."
    )


def _holds(root: Path, module: str) -> bool:
    place = root.joinpath(*module.split("."))
    return (place / "__init__.py").is_file() or place.with_name(f"{place.name}.py").is_file()


def _is_below(file: str | None, root: Path) -> bool:
    return file is not None and Path(file).resolve().is_relative_to(root)
