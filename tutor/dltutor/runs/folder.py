"""The run folder: what a run writes and what everybody else reads.

run.json        the specification
events.jsonl    one JSON object a line, appended as things happen (docs/events.md)
checkpoints/    NNNNNNNN.safetensors by step, the newest two
best.safetensors  the weights of the best measured moment
result.json     how the run ended: finished, stopped or failed
worker.log      what the process printed
lock            held while a process works on the run
stop            somebody asks the run to stop
paused          it was stopped in order to go on
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from dltutor import paths
from dltutor.errors import TutorError, UsageError
from dltutor.runs import lock
from dltutor.runs.spec import RunSpec
from dltutor.settings import write_whole

START_SECONDS = 120
"""how long a process may take until it holds the lock"""
State = Literal["waiting", "running", "paused", "finished", "stopped", "failed", "vanished"]
PROGRESS = b'{"event": "progress"'
_SPECS: dict[Path, tuple[int, int, RunSpec]] = {}
"""specifications by file, with the time and size it had: screens ask for them again and again"""


@dataclass(frozen=True, slots=True)
class RunFolder:
    """One run. Cheap to make; reads what it is asked for."""

    path: Path

    @property
    def id(self) -> str:
        return self.path.name

    @property
    def events_file(self) -> Path:
        return self.path / "events.jsonl"

    @property
    def lock_file(self) -> Path:
        return self.path / "lock"

    @property
    def stop_file(self) -> Path:
        return self.path / "stop"

    @property
    def pause_file(self) -> Path:
        return self.path / "paused"

    @property
    def log_file(self) -> Path:
        return self.path / "worker.log"

    @property
    def checkpoints(self) -> Path:
        return self.path / "checkpoints"

    @property
    def best(self) -> Path:
        """The file of the weights that a prediction uses."""
        return self.path / "best.safetensors"

    @property
    def spec(self) -> RunSpec:
        file = self.path / "run.json"
        try:
            about = file.stat()
        except OSError as error:
            raise TutorError(f"{file} can not be read: {error.strerror}") from None
        known = _SPECS.get(file)
        if known is None or known[:2] != (about.st_mtime_ns, about.st_size):
            spec = RunSpec.from_json(self._read_json("run.json"))
            known = _SPECS[file] = (about.st_mtime_ns, about.st_size, spec)
        return known[2]

    def write_spec(self, spec: RunSpec) -> None:
        write_whole(
            self.path / "run.json", json.dumps(spec.to_json(), ensure_ascii=False, indent=1)
        )

    def _read_json(self, name: str) -> dict[str, Any]:
        file = self.path / name
        try:
            data = json.loads(file.read_text(encoding="utf-8"))
        except OSError as error:
            raise TutorError(f"{file} can not be read: {error.strerror}") from None
        except ValueError as error:
            raise TutorError(f"{file} is damaged: {error}") from None
        if not isinstance(data, dict):
            raise TutorError(f"{file} is damaged: not an object")
        return data

    def result(self) -> dict[str, Any] | None:
        """The last event of a run that ended (finished, stopped or failed), else None."""
        try:
            return self._read_json("result.json")
        except TutorError:
            return None

    def state(self) -> State:
        """What has become of the run. ``vanished``: its process ended without a word."""
        if lock.is_held(self.lock_file):
            return "running"
        result = self.result()
        if result is not None:
            state: State = result.get("event", "failed")
            return "paused" if state == "stopped" and self.pause_file.exists() else state
        return "vanished" if self.lock_file.exists() and not self.is_starting() else "waiting"

    def is_starting(self) -> bool:
        """Whether a process was begun a short while ago and lives: it imports torch before it locks."""
        file = self.path / "pid"
        try:
            if time.time() - file.stat().st_mtime > START_SECONDS:
                return False
            if os.name != "nt":  # there a signal of 0 is no question
                os.kill(int(file.read_text(encoding="utf-8")), 0)
        except (OSError, ValueError):
            return False
        return True

    def events(
        self, after: int = 0, limit: int = -1, every: int = 1
    ) -> tuple[list[dict[str, Any]], int]:
        """The events from byte ``after`` on, in about ``limit`` bytes, and where to go on next time.

        A line that is being written is left for the next time; one that a killed process tore
        is passed over. Of the progress events only every ``every``-th is read, and the last.
        """
        found: list[dict[str, Any]] = []
        try:
            with self.events_file.open("rb") as handle:
                handle.seek(after)
                data = handle.read(limit)
                while limit > 0 and b"\n" not in data and (more := handle.read(limit)):
                    data += more  # one event, a picture say, is longer than that
        except FileNotFoundError:
            return found, after
        except OSError as error:
            raise TutorError(f"{self.events_file} can not be read: {error.strerror}") from None
        end = data.rfind(b"\n") + 1
        lines = data[:end].splitlines()
        if every > 1:
            last = len(lines) - 1
            lines = [
                line
                for number, line in enumerate(lines)
                if number % every == 0 or number == last or not line.startswith(PROGRESS)
            ]
        for line in lines:
            try:
                event = json.loads(line)
            except ValueError:
                continue
            if isinstance(event, dict) and "event" in event:
                found.append(event)
        return found, after + end


def create(spec: RunSpec, prefix: str) -> RunFolder:
    """Makes the next free run folder, ``<prefix>-0001`` and so on, with its specification."""
    root = paths.runs_folder()
    try:
        root.mkdir(parents=True, exist_ok=True)
        number = 1 + max((_number(p, prefix) for p in root.iterdir()), default=0)
        while True:
            path = root / f"{prefix}-{number:04d}"
            try:
                path.mkdir()
                break
            except FileExistsError:
                number += 1
    except OSError as error:
        raise TutorError(
            f"no run folder can be made in {root}: {error.strerror}",
            "set DLTUTOR_RUNS to a folder you may write",
        ) from None
    run = RunFolder(path)
    run.write_spec(spec)
    return run


def _number(path: Path, prefix: str) -> int:
    head, _, tail = path.name.rpartition("-")
    return int(tail) if head == prefix and tail.isdigit() else 0


def newest(chapter: str = "") -> Iterator[RunFolder]:
    """The runs, newest first, of one chapter if its id is given; each is read when it is its turn.

    One that is damaged is passed over: it must not take the others with it.
    """
    root = paths.runs_folder()
    try:
        with os.scandir(root) as entries:
            found = [
                (entry.stat().st_mtime, entry.name)
                for entry in entries
                if entry.is_dir() and not entry.name.startswith(".")
            ]
    except FileNotFoundError:
        return
    except OSError as error:
        raise TutorError(f"{root} can not be read: {error.strerror}") from None
    for _, name in sorted(found, reverse=True):
        run = RunFolder(root / name)
        try:
            spec = run.spec
        except TutorError:
            continue
        if not chapter or spec.chapter == chapter:
            yield run


def list_runs(chapter: str = "") -> list[RunFolder]:
    """The runs there are, oldest first; of one chapter if its id is given."""
    return list(newest(chapter))[::-1]


def find_run(name: str) -> RunFolder:
    """The run of that name; ``last`` is the newest; a folder's path works too."""
    if name == "last":
        run = next(newest(), None)
        if run is None:
            raise UsageError("there are no runs yet", "start one: dltutor run chapter3")
        return run
    for path in (paths.runs_folder() / name, Path(name).expanduser()):
        if (path / "run.json").is_file():
            return RunFolder(path)
    from difflib import get_close_matches

    near = get_close_matches(name, [r.id for r in list_runs()], n=1)
    raise UsageError(
        f"there is no run {name!r}",
        f"did you mean {near[0]}?" if near else "see: dltutor runs list",
    )


def trained_runs(chapter: str) -> Iterator[RunFolder]:
    """The chapter's runs that have weights to predict with, newest first."""
    return (run for run in newest(chapter) if run.best.exists())
