"""What of a data set is on disk: checked against its checksums, measured, removed."""

from __future__ import annotations

import errno
import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from dltutor import paths
from dltutor.chapter import Dataset, RemoteFile
from dltutor.errors import DataError
from dltutor.i18n import t


@dataclass(frozen=True, slots=True)
class Finding:
    """What ``verify`` saw of one file."""

    file: str
    state: Literal["ok", "absent", "damaged"]
    detail: str = ""


def verify(dataset: Dataset, root: Path) -> tuple[Finding, ...]:
    """Reads every file of the set below ``root`` and compares its checksum."""
    folder = folder_of(dataset, root)
    return tuple(check(file, folder) for file in dataset.files)


def check(file: RemoteFile, folder: Path) -> Finding:
    """Whether the file, or what is unpacked from it, is below the set's folder and sound."""
    target = inside(folder, file.name)
    try:
        if file.unpack:
            return _check_unpacked(file, folder)
        if target.exists():
            sound = sha256(target) == file.sha256
            return Finding(
                file.name, "ok" if sound else "damaged", "" if sound else t("wrong checksum")
            )
        plain = plain_of(file, folder)
        if plain is None or not plain.exists():
            return Finding(file.name, "absent")
        if file.plain_sha256 and sha256(plain) != file.plain_sha256:
            return Finding(plain.name, "damaged", t("wrong checksum"))
        return Finding(plain.name, "ok", "" if file.plain_sha256 else t("no checksum is known"))
    except OSError as error:
        return Finding(file.name, "damaged", error.strerror or str(error))


def _check_unpacked(file: RemoteFile, folder: Path) -> Finding:
    try:
        lines = listing_of(file, folder).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return Finding(file.name, "absent")
    for line in lines:
        expected, _, name = line.partition("  ")
        one = inside(folder, name)
        if not one.exists() or sha256(one) != expected:
            what = t("wrong checksum") if one.exists() else t("{name} is missing", name=name)
            return Finding(name, "damaged", what)
    return Finding(file.name, "ok", t("{count} files", count=len(lines)))


def remove(dataset: Dataset) -> int:
    """Deletes a downloaded set, never one in a data root of the user's; returns the freed bytes."""
    root = paths.downloads_folder()
    folder = folder_of(dataset, root)
    if not folder.is_dir():
        raise DataError(
            t("{name} is not among the downloads in {root}", name=dataset.name, root=root)
        )
    freed = used(folder)
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise unwritable(folder, error) from None
    (root / f".{dataset.name}.lock").unlink(missing_ok=True)
    for parent in folder.parents:
        if parent == root or any(parent.iterdir()):
            break
        parent.rmdir()
    return freed


def used(folder: Path) -> int:
    """The bytes of all files below a folder."""
    return sum(file.lstat().st_size for file in folder.rglob("*") if not file.is_dir())


def size(count: float) -> str:
    """A number of bytes for people: ``"11.6 MB"``, in powers of 1,000."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if abs(count) < 1000:
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


def folder_of(dataset: Dataset, root: Path) -> Path:
    return inside(root, dataset.folder)


def inside(folder: Path, name: str) -> Path:
    """``folder/name``, which a data set of any plugin must not leave, nor be the folder itself."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise DataError(t("{name!r} is no path below {folder}", name=name, folder=folder))
    return folder / path


def plain_of(file: RemoteFile, folder: Path) -> Path | None:
    return inside(folder, file.name[: -len(".gz")]) if file.name.endswith(".gz") else None


def listing_of(file: RemoteFile, folder: Path) -> Path:
    """Names and checksums of what an archive held, as ``sha256sum`` writes them."""
    target = inside(folder, file.name)
    return target.with_name(f".{target.name}.sha256")


def length(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0


def sha256(file: Path) -> str:
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def unwritable(file: Path, error: OSError) -> DataError:
    why = t("the disk is full") if error.errno == errno.ENOSPC else error.strerror or str(error)
    return DataError(t("{file} can not be written: {why}", file=file, why=why))
