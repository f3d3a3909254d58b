"""Unpacks zip and tar archives, after a look at every member."""

from __future__ import annotations

import shutil
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from dltutor.errors import DataError
from dltutor.i18n import t


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive."""

    name: str
    size: int
    open: Callable[[], IO[bytes]]


def unpack(archive: Path, folder: Path) -> list[str]:
    """Puts the members of a .zip or .tar.* archive into ``folder``; returns the names of the files.

    Nothing is put there before all is unpacked beside it; what has the same name is replaced.
    Raises DataError for an archive that can not be read and for a member that is no plain
    file or folder, or would leave ``folder``.
    """
    building = folder / f".{archive.name}.unpacked"
    shutil.rmtree(building, ignore_errors=True)
    names = []
    try:
        building.mkdir(parents=True)
        with _members(archive) as members:
            for member in members:
                file = building / _safe(member.name, archive)
                file.parent.mkdir(parents=True, exist_ok=True)
                with member.open() as source, file.open("wb") as target:
                    shutil.copyfileobj(source, target, 1 << 20)
                if file.stat().st_size != member.size:
                    raise DataError(t("{file} is a damaged archive", file=archive))
                names.append(file.relative_to(building).as_posix())
        for entry in sorted(building.iterdir()):
            old = folder / entry.name
            if old.is_dir() and not old.is_symlink():
                shutil.rmtree(old)
            entry.replace(old)
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError):
        # RuntimeError: a zip with a password
        raise DataError(t("{file} is a damaged archive", file=archive)) from None
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return names


@contextmanager
def _members(archive: Path) -> Iterator[Iterator[Member]]:
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as opened:
            yield _of_zip(opened, archive)
    else:
        with tarfile.open(archive) as tar:
            yield _of_tar(tar, archive)


def _of_zip(opened: zipfile.ZipFile, archive: Path) -> Iterator[Member]:
    for info in opened.infolist():
        if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise _refused(info.filename, archive)
        _safe(info.filename, archive)
        if not info.is_dir():
            yield Member(info.filename, info.file_size, partial(opened.open, info))


def _of_tar(tar: tarfile.TarFile, archive: Path) -> Iterator[Member]:
    for info in tar:
        _safe(info.name, archive)
        if info.isreg():
            yield Member(info.name, info.size, partial(_content, tar, info))
        elif not info.isdir():
            raise _refused(info.name, archive)


def _content(tar: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    content = tar.extractfile(info)
    assert content is not None  # it is a plain file
    return content


def _safe(name: str, archive: Path) -> PurePosixPath:
    """The member's path, if it stays inside on every system."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or "\0" in name:
        raise _refused(name, archive)
    return path


def _refused(name: str, archive: Path) -> DataError:
    return DataError(
        t("{file} is refused: member {name!r} is no file inside it", file=archive, name=name)
    )
