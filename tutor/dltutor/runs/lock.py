"""A lock that the system releases when its process ends, however it ends."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import IO

if os.name == "nt":
    import msvcrt

    def _try_lock(handle: IO[bytes], *, shared: bool) -> bool:  # noqa: ARG001 - Windows has one kind
        try:
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(handle: IO[bytes], *, shared: bool) -> bool:
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


class FileLock:
    """Held by the one process that may write a folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: IO[bytes] | None = None

    def acquire(self, patience: float = 2.0) -> bool:
        """Takes the lock, waiting ``patience`` seconds for those that only look; False when it is held."""
        self._handle = self.path.open("ab")
        deadline = time.monotonic() + patience
        while not _try_lock(self._handle, shared=False):
            if time.monotonic() > deadline:
                self._handle.close()
                self._handle = None
                return False
            time.sleep(0.02)
        return True

    def release(self) -> None:
        if self._handle is not None:
            self._handle.close()
            self._handle = None


def is_held(path: Path) -> bool:
    """Whether a living process holds the lock."""
    try:
        with path.open("rb") as handle:
            return not _try_lock(handle, shared=True)
    except OSError:
        return False
