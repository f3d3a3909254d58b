"""What dltutor keeps and finds: folders, settings, progress, data sets, chapters."""

from __future__ import annotations

import contextlib
import os
import shlex
import tempfile
from collections.abc import Iterator
from pathlib import Path

from dltutor import paths, registry, settings
from dltutor.cli.data import sets
from dltutor.cli.doctor.finding import Finding
from dltutor.cli.doctor.machine import set_variable
from dltutor.data import roots, stored
from dltutor.errors import TutorError
from dltutor.i18n import local, t


def files() -> Iterator[Finding]:
    """Whether every folder can be written, and whether settings and progress are sound."""
    for name, folder in (
        ("settings", paths.settings_file().parent),
        ("progress", paths.progress_file().parent),
        ("runs", paths.runs_folder()),
        ("exercises", paths.exercises_folder()),
        ("downloads", paths.downloads_folder()),
    ):
        problem = _unwritable(folder)
        if problem:
            yield Finding(name, "fail", f"{folder}: {problem}", _mend(folder))
        else:
            yield Finding(name, "ok", str(folder))
    try:
        settings.load()
    except TutorError as error:
        yield Finding(
            "settings", "fail", error.message, f"rm {shlex.quote(str(paths.settings_file()))}"
        )
    yield from _progress(paths.progress_file())


def _unwritable(folder: Path) -> str:
    """Why no file can be made in the folder, or in what would hold it; empty when one can."""
    there = next(p for p in (folder, *folder.absolute().parents) if p.exists())
    try:
        with tempfile.NamedTemporaryFile(dir=there, prefix=".dltutor-"):
            return ""
    except OSError as error:
        return error.strerror or str(error)


def _mend(folder: Path) -> str:
    there = next(p for p in (folder, *folder.absolute().parents) if p.exists())
    if os.name == "posix" and there.is_dir() and there.stat().st_uid == os.getuid():
        return f"chmod u+rwx {shlex.quote(str(there))}"
    return set_variable("DLTUTOR_HOME", str(Path.home() / "dltutor-home"))


def _progress(file: Path) -> Iterator[Finding]:
    if not file.exists():
        yield Finding("progress file", "ok", t("none yet"))
        return
    import sqlite3

    try:
        with contextlib.closing(
            sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
        ) as db:
            said = str(db.execute("PRAGMA integrity_check(1)").fetchone()[0])
    except sqlite3.Error as error:
        said = str(error)
    if said == "ok":
        yield Finding("progress file", "ok", stored.size(file.stat().st_size))
    else:
        # opening it puts the last good copy in its place, with what can still be read
        yield Finding("progress file", "fail", f"{file}: {said}", "dltutor progress")


def data() -> Iterator[Finding]:
    """Which public data sets are found, and where."""
    try:
        roots.roots()
    except TutorError as error:
        name = error.message.partition(":")[0]
        yield Finding("data root", "fail", error.message, f"unset {name}" if name.isupper() else "")
        return
    for dataset, _ in sets().values():
        found = roots.find(dataset)
        if found is not None:
            yield Finding(
                dataset.name, "ok", f"{stored.folder_of(dataset, found.path)} ({found.source})"
            )
        else:
            seen = t(
                "not there: {title}; chapters train on builtin data", title=local(dataset.title)
            )
            yield Finding(dataset.name, "note", seen, f"dltutor data fetch {dataset.name}")


def chapters() -> Iterator[Finding]:
    """Whether every installed chapter loads, and has its packages."""
    for entry in registry.entries():
        chapter = entry.chapter
        if not entry.enabled:
            yield Finding(
                entry.name, "note", t("switched off"), f"dltutor plugins enable {entry.name}"
            )
        elif chapter is None:
            seen = f"{entry.distribution} {entry.version}: {entry.problem}"
            # somebody else's chapter hurts nothing; one of ours means a broken installation
            if entry.distribution == "dltutor":
                again = registry.install_command("dltutor").replace(
                    "install ", "install --force-reinstall --no-deps "
                )
                yield Finding(entry.name, "fail", seen, again)
            else:
                yield Finding(entry.name, "note", seen, f"dltutor plugins disable {entry.name}")
        elif missing := registry.missing_packages(chapter):
            seen = t("readable; to train it lacks {names}", names=", ".join(missing))
            wanted = chapter.install or " ".join(missing)
            yield Finding(chapter.id, "note", seen, registry.install_command(wanted))
        else:
            title = f"{local(chapter.title)}"
            yield Finding(
                chapter.id, "ok", f"{title} ({entry.problem})" if entry.problem else title
            )
