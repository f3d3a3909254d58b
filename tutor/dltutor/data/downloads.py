"""Fetches public data sets: mirrors, resumed downloads, checksums; whole or not at all.

pooch checks what came and puts it in its place; the bytes come through a downloader of our
own, since pooch's begins anew after every broken connection.
"""

from __future__ import annotations

import http.client
import shutil
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dltutor import __version__, paths
from dltutor.chapter import Dataset, RemoteFile, Training
from dltutor.data import archives, roots, stored
from dltutor.errors import DataError, MissingPackagesError
from dltutor.i18n import t
from dltutor.settings import write_whole

TIMEOUT_SECONDS = 30
CHUNK = 1 << 16
_NETWORK = (OSError, http.client.HTTPException)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a download is; ``received`` and ``total`` are bytes of the whole set."""

    file: str
    received: int
    total: int
    note: str = ""
    """something to tell: the next mirror is tried, another process is at work"""


OnProgress = Callable[[Progress], None]


def choose(
    training: Training, data: str, data_root: str, progress: OnProgress = lambda _: None
) -> roots.DataChoice:
    """As :func:`dltutor.data.roots.choose`, but a full set that is asked for and absent is fetched.

    It goes to ``data_root`` where one is given, else to the folder of downloads.
    """
    if (
        data == "full"
        and training.full is not None
        and roots.find(training.full, data_root) is None
    ):
        fetch(training.full, Path(data_root) if data_root else paths.downloads_folder(), progress)
    return roots.choose(training, data, data_root)


def fetch(dataset: Dataset, root: Path, progress: OnProgress = lambda _: None) -> Path:
    """Brings the set below ``root`` and returns its folder; what is there and sound is kept.

    Safe with several processes at once. Interrupted, it goes on where it was the next time.
    Raises DataError, with what each mirror said, and MissingPackagesError.
    """
    if not dataset.files:
        raise DataError(
            t("{name} has no download", name=dataset.name), t("see {page}", page=dataset.source)
        )
    try:
        import filelock
        import pooch  # noqa: F401
    except ModuleNotFoundError as error:
        raise MissingPackagesError(
            t("downloads need {package}, which is not installed", package=error.name),
            t("run: {command}", command=f'{sys.executable} -m pip install "dltutor[train]"'),
        ) from None

    folder = stored.folder_of(dataset, root)
    if all(found.state == "ok" for found in stored.verify(dataset, root)):
        return folder  # even where it can not be written
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(root / f".{dataset.name}.lock")
        try:
            lock.acquire(timeout=0)
        except filelock.Timeout:
            progress(Progress("", 0, 0, t("another process is fetching it; waiting")))
            lock.acquire()
        try:
            _fetch_all(dataset, folder, progress)
        finally:
            lock.release()
    except BrokenPipeError:
        raise  # of whoever draws the progress
    except OSError as error:
        raise stored.unwritable(folder, error) from None
    return folder


def _fetch_all(dataset: Dataset, folder: Path, progress: OnProgress) -> None:
    absent = [f for f in dataset.files if stored.check(f, folder).state != "ok"]
    total = sum(f.bytes for f in dataset.files)
    needed = sum(f.bytes - stored.length(_part(f, folder)) for f in absent)
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise DataError(
            t(
                "{name} needs {needed} more, and {folder} has {free} left",
                name=dataset.name,
                needed=stored.size(needed),
                folder=folder,
                free=stored.size(free),
            ),
            t("make room, or choose another folder with --data-root"),
        )
    before = total - sum(f.bytes for f in absent)
    for file in absent:
        _Fetch(dataset, file, folder, progress, before, total).run()
        before += file.bytes
        if file.unpack:
            _unpack(file, folder)
        elif (plain := stored.plain_of(file, folder)) is not None and plain.exists():
            # damaged, else nothing had been fetched; readers would take it first
            plain.replace(plain.with_name(f"{plain.name}.damaged"))
    progress(Progress("", total, total))


class _MirrorError(Exception):
    """Why a mirror did not give the file."""


class _Fetch:
    """The download of one file: the mirrors in turn, each resumed as long as bytes come."""

    def __init__(
        self,
        dataset: Dataset,
        file: RemoteFile,
        folder: Path,
        progress: OnProgress,
        before: int,
        total: int,
    ) -> None:
        self.dataset, self.file, self.folder = dataset, file, folder
        self.progress, self.before, self.total = progress, before, total
        self.part = _part(file, folder)

    def run(self) -> None:
        said = []
        for url in self.file.urls:
            try:
                return self._from(url)
            except _MirrorError as error:
                said.append(f"{urlsplit(url).netloc}: {error}")
                self._tell(t("{mirror} failed: {why}", mirror=urlsplit(url).netloc, why=error))
        raise DataError(
            t("{name} can not be fetched: {said}", name=self.dataset.name, said="; ".join(said)),
            t("without network use --data builtin"),
        )

    def _from(self, url: str) -> None:
        import pooch

        pooch.get_logger().setLevel("ERROR")  # it would speak between the lines of the progress
        target = stored.inside(self.folder, self.file.name)
        resumed = stored.length(self.part) > 0
        try:
            pooch.retrieve(
                url,
                f"sha256:{self.file.sha256}",
                fname=target.name,
                path=target.parent,
                downloader=self._download,
            )
        except ValueError:
            # what was left of an earlier attempt may have been wrong: once more, from the start
            if resumed:
                return self._from(url)
            raise _MirrorError(t("wrong checksum")) from None

    def _download(self, url: str, output: str, _pooch: Any) -> None:
        """pooch's downloader: collects under a name that lasts, so that it can go on later."""
        have = stored.length(self.part)
        if have > self.file.bytes:
            self.part.unlink()
            have = 0
        while have < self.file.bytes:
            self._tell()
            why = self._receive(url, have)
            now = stored.length(self.part)
            if now <= have:
                raise _MirrorError(why)
            have = now
        self.part.replace(output)

    def _receive(self, url: str, have: int) -> str:
        """Reads into the part file until it is whole or the connection ends; says why it ended."""
        headers = {"User-Agent": f"dltutor/{__version__}", "Accept-Encoding": "identity"}
        if have:
            headers["Range"] = f"bytes={have}-"
        request = urllib.request.Request(url, headers=headers)
        try:
            response = urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS)
        except _NETWORK as error:
            return _reason(error)
        with response:
            start = have if response.status == 206 else 0
            length = response.headers.get("Content-Length", "")
            if length.isdigit() and int(length) != self.file.bytes - start:
                raise _MirrorError(t("it offers another file, of {length} bytes", length=length))
            part = response.headers.get("Content-Range", "")
            if start and not part.startswith(f"bytes {start}-"):
                raise _MirrorError(t("it offers another part than was asked for"))
            with _Writer(self.part, start) as writer:
                while writer.size < self.file.bytes:
                    try:
                        data = response.read1(min(CHUNK, self.file.bytes - writer.size))
                    except _NETWORK as error:
                        return _reason(error)
                    if not data:
                        return t("the connection ended early")
                    writer.write(data)
                    self._tell(received=writer.size)
        return ""

    def _tell(self, note: str = "", received: int | None = None) -> None:
        have = stored.length(self.part) if received is None else received
        self.progress(Progress(self.file.name, self.before + have, self.total, note))


class _Writer:
    """A file that grows; its errors are the disk's, told apart from those of the network."""

    def __init__(self, file: Path, size: int) -> None:
        self.file, self.size = file, size

    def __enter__(self) -> _Writer:
        try:
            self._handle = self.file.open("ab" if self.size else "wb", buffering=0)
        except OSError as error:
            raise stored.unwritable(self.file, error) from None
        return self

    def __exit__(self, *_: object) -> None:
        self._handle.close()

    def write(self, data: bytes) -> None:
        try:
            while data:
                written = self._handle.write(data)
                self.size += written
                data = data[written:]
        except OSError as error:
            raise stored.unwritable(self.file, error) from None


def _reason(error: Exception) -> str:
    """What went wrong on the network, in a few words."""
    if isinstance(error, urllib.error.HTTPError):
        return f"{error.code} {error.reason}"
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, TimeoutError):
        return t("no answer within {seconds} s", seconds=TIMEOUT_SECONDS)
    return getattr(cause, "strerror", None) or str(cause) or type(cause).__name__


def _unpack(file: RemoteFile, folder: Path) -> None:
    archive = stored.inside(folder, file.name)
    names = archives.unpack(archive, folder)
    lines = [f"{stored.sha256(folder / name)}  {name}\n" for name in names]
    write_whole(stored.listing_of(file, folder), "".join(lines))
    archive.unlink()


def _part(file: RemoteFile, folder: Path) -> Path:
    target = stored.inside(folder, file.name)
    return target.with_name(f".{target.name}.part")
