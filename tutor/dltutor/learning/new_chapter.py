"""Writes a new chapter: a whole distribution that installs and passes the gate."""

from __future__ import annotations

import keyword
import re
from pathlib import Path

from dltutor import settings
from dltutor.errors import TutorError, UsageError

TEMPLATE = Path(__file__).with_name("scaffold")
_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


def write(name: str, to: Path) -> list[Path]:
    """Writes the chapter ``name`` into the new folder ``to/name``; returns its files.

    Nothing that exists is overwritten. Raises UsageError for a name that is none.
    """
    package = name.replace("-", "_")
    if not _NAME.fullmatch(name) or keyword.iskeyword(package) or package in _taken():
        raise UsageError(
            f"{name!r} can not be a chapter's name",
            "small letters, digits and '-', for example: my-chapter",
        )
    folder = to / name
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise TutorError(
            f"{folder} exists and is not empty", "choose another name, or --to another folder"
        )
    written = []
    for source in sorted(TEMPLATE.rglob("*")):
        if source.is_dir() or "__pycache__" in source.parts:
            continue
        file = folder / _filled(str(source.relative_to(TEMPLATE)), name, package)
        settings.write_whole(file, _filled(source.read_text(encoding="utf-8"), name, package))
        written.append(file)
    return written


def _taken() -> frozenset[str]:
    import sys

    return frozenset(sys.stdlib_module_names) | {
        "dltutor",
        "dltutor_plugins",
        "dltutor_content",
        "torch",
    }


def _filled(text: str, name: str, package: str) -> str:
    title = name.replace("-", " ").capitalize()
    for old, new in (
        ("sample-chapter", name),
        ("sample_chapter", package),
        ("Sample chapter", title),
        ("示例章节", title),
    ):
        text = text.replace(old, new)
    return text
