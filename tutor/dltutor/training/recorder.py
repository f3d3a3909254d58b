"""Writes a run's events, as JSON lines."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

SCHEMA = 1


class Unwritable(OSError):  # noqa: N818 - it is named by what it is
    """The run's folder can not be written any more."""


class Recorder:
    """Appends events to ``events.jsonl``; each is one write, so readers never see two mixed."""

    def __init__(
        self,
        file: Path,
        *,
        silent: bool = False,
        echo: Callable[[dict[str, Any]], None] | None = None,
    ) -> None:
        """``silent``: of several processes only the first one writes. ``echo`` is told every event."""
        self._echo = echo
        self._handle = (
            None if silent else os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        )
        self._start = time.perf_counter()
        self.step = 0
        self.epoch = 0
        self.seconds_before = 0.0
        """what the run took before it was resumed"""
        if self._handle is not None and file.stat().st_size:
            with file.open("rb") as handle:
                handle.seek(-1, os.SEEK_END)
                torn = handle.read(1) != b"\n"
            if torn:
                self._write(b"\n")

    @property
    def seconds(self) -> float:
        return self.seconds_before + time.perf_counter() - self._start

    def write(self, event: str, **values: Any) -> dict[str, Any]:
        """One event; returns it as written."""
        record = {
            "event": event,
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "seconds": round(self.seconds, 3),
            "step": self.step,
            "epoch": self.epoch,
            **values,
        }
        if self._handle is not None:
            text = json.dumps(record, ensure_ascii=False, allow_nan=False)
            self._write(text.encode("utf-8") + b"\n")
        if self._echo is not None:
            self._echo(record)
        return record

    def _write(self, data: bytes) -> None:
        assert self._handle is not None
        try:
            while data:
                data = data[os.write(self._handle, data) :]
        except OSError as error:
            raise Unwritable(error.errno, error.strerror) from None
