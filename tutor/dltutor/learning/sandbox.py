"""Runs a check in a process of its own, with limits, and brings back what it found.

The process is started early and waits, imports done, for the learner's code: so :class:`Sandbox`
can be made while the learner is still typing. It checks one answer and ends.

Limits: wall-clock and CPU time from the moment the code is handed over, memory on top of what
the imports take, output (the head is kept, the rest counted), files, and on Linux the kernel's
own refusal of other processes, the network and files elsewhere. See ``docs/exercises.md``.
"""

from __future__ import annotations

import ast
import os
import queue
import re
import secrets
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
import weakref
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Literal

from dltutor import paths
from dltutor.errors import ContentError, TutorError
from dltutor.i18n import current

MEMORY = 2 << 30
"""bytes that the learner's code may allocate on top of the imports"""
FILE_BYTES = 64 << 20
SCRATCH_BYTES = 256 << 20
SCRATCH_FILES = 2000
OUTPUT = 16_384
"""bytes of what was printed that are kept"""
START = "from dltutor.learning.sandbox_child import main; main()"
START_SECONDS = 180.0
"""for the imports, which are not the learner's fault"""

Ending = Literal["done", "time", "memory", "scratch", "ended", "crashed", "changed", "import"]


@dataclass(frozen=True, slots=True)
class Raised:
    """An exception in the learner's code, with the learner's own lines."""

    kind: str
    message: str
    lines: tuple[tuple[int, str, str], ...] = ()
    """line number, function, text of the line; the innermost last"""
    missing: str = ""
    """the name that the learner's file should have and has not"""
    there: tuple[str, ...] = ()
    """the names it has instead"""


@dataclass(slots=True)
class Case:
    """One ``check_<case>`` and how it went."""

    name: str
    doc: str
    state: Literal["waiting", "running", "passed", "failed", "raised"] = "waiting"
    message: str = ""
    raised: Raised | None = None
    seconds: float = 0.0


@dataclass(slots=True)
class Outcome:
    """What a sandbox found."""

    cases: list[Case] = field(default_factory=list)
    ending: Ending = "ended"
    detail: str = ""
    """what was replaced, the signal that ended it, …"""
    raised: Raised | None = None
    """when importing the learner's code raised"""
    line: int = 0
    """where the learner's code was when it was stopped, if that is known"""
    output: str = ""
    output_left_out: int = 0
    """bytes"""
    seconds: float = 0.0
    """from handing over the code to the end"""
    layers: tuple[str, ...] = ()
    """what the kernel enforces: ``"files"``, ``"calls"``"""


class Sandbox:
    """A child process that has imported what ``check`` needs and waits for code to check.

    ``imports`` are imported first; ``seconds`` is the limit for the learner's code. Use as a
    context manager, or call :meth:`close`.
    """

    def __init__(self, check: Path, imports: Sequence[str] = (), seconds: float = 20.0) -> None:
        self.seconds = seconds
        self._check = check
        self._ready: Outcome | None = None
        try:
            source = check.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ContentError(f"{check} can not be read: {error}") from None
        self._nonce = secrets.token_hex(16)
        self._scratch = Path(tempfile.mkdtemp(prefix="dltutor-check-"))
        # also when Ctrl-C comes between here and whoever would have called close()
        weakref.finalize(self, _remove, self._scratch)
        job = {
            "nonce": self._nonce,
            "check": str(check),
            "source": source,
            "imports": tuple(imports),
            "path": tuple(_import_path()),
            "readable": tuple(_readable()),
            "private": tuple(_private()),
            "scratch": str(self._scratch),
            "seconds": float(seconds),
            "memory": MEMORY,
            "file_bytes": FILE_BYTES,
        }
        # imported, not run as a file, so that its bytecode is kept
        start = f"import sys; sys.path.append({str(Path(__file__).parents[2])!r}); {START}"
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-X", "utf8", "-c", start],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                cwd=self._scratch, env=_environment(self._scratch),
                start_new_session=os.name == "posix",
            )  # fmt: skip
        except OSError as error:
            shutil.rmtree(self._scratch, ignore_errors=True)
            raise TutorError(f"{sys.executable} can not be started: {error.strerror}") from None
        assert self._process.stdout
        assert self._process.stderr
        self._channel = _Channel(self._process.stdout, self._nonce.encode())
        self._output = _Output(self._process.stderr)
        self._send(repr(job))

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def check(self, source: str, filename: str) -> Outcome:
        """Hands over the learner's code and waits for the verdict, or stops it at its limit."""
        try:
            self.wait()
            assert self._ready is not None
            outcome = self._ready
            begin = time.monotonic()
            self._send(repr((filename, source)))
            self._follow(outcome, begin + self.seconds + 1)
            outcome.seconds = time.monotonic() - begin
            if outcome.ending == "ended":
                self._why_it_ended(outcome, filename)
        finally:
            self.close()
        outcome.output, outcome.output_left_out = self._output.text()
        return outcome

    def wait(self) -> None:
        """Waits until the imports are done; :meth:`check` does so by itself."""
        self._ready = self._ready or self._wait_until_ready()

    def close(self) -> None:
        """Ends the process and everything it started, and removes its folder."""
        _end(self._process)
        for pipe in (self._channel, self._output):
            pipe.join(1.0)
        assert self._process.stdin
        with suppress(OSError):
            self._process.stdin.close()
        if self._ready is None or "calls" not in self._ready.layers:
            _end_strays(self._scratch)
        _remove(self._scratch)

    def _send(self, line: str) -> None:
        assert self._process.stdin
        try:
            self._process.stdin.write(line.encode("utf-8", "surrogatepass") + b"\n")
            self._process.stdin.flush()
        except OSError:
            pass  # it has ended; reading says why

    def _wait_until_ready(self) -> Outcome:
        message = self._channel.next(time.monotonic() + START_SECONDS)
        if message is not None and message[0] == "ready":
            cases = [Case(name, doc) for name, doc in message[1]]
            return Outcome(cases, layers=tuple(message[2]))
        if message is not None and message[0] == "broken":
            where = f":{message[3][-1][0]}" if message[3] else ""
            raise ContentError(f"{self._check}{where} does not work: {message[1]}: {message[2]}")
        _end(self._process)
        said = " ".join((self._output.text()[0] or self._channel.stray).split())[-300:]
        raise TutorError(
            f"{self._check}: the process for the check did not start", said or "no message"
        )

    def _follow(self, outcome: Outcome, deadline: float) -> None:
        """Reads reports into ``outcome`` until the last one, the end of the process or the deadline."""
        by_name = {case.name: case for case in outcome.cases}
        while True:
            message = self._channel.next(min(deadline, time.monotonic() + 0.25))
            if message is None:
                if self._channel.ended:
                    return
                if time.monotonic() >= deadline:
                    outcome.ending = "time"
                    return
                if not _modest(self._scratch):
                    outcome.ending = "scratch"
                    return
                continue
            kind, *values = message
            if kind == "start" and values[0]:
                by_name[values[0]].state = "running"
            elif kind == "import":
                outcome.ending, outcome.raised = (
                    "import",
                    Raised(values[0], values[1], tuple(values[2])),
                )
                return
            elif kind == "changed":
                outcome.ending, outcome.detail = "changed", values[0]
                return
            elif kind in ("passed", "failed", "raised"):
                case = by_name[values[0]]
                case.state, case.seconds = kind, values[-1]
                if kind == "failed":
                    case.message = values[1]
                elif kind == "raised":
                    case.raised = Raised(
                        values[1], values[2], tuple(values[3]), values[4], tuple(values[5])
                    )
            elif kind == "done":
                outcome.ending = "done"
                return

    def _why_it_ended(self, outcome: Outcome, filename: str) -> None:
        """The process is gone without its last word: what its exit code and its dump tell."""
        try:
            code = self._process.wait(5)
        except subprocess.TimeoutExpired:
            code = 0  # it closed its channel and lives on
        stray = self._channel.stray
        lines = re.findall(rf'File "{re.escape(filename)}", line (\d+)', stray)
        outcome.line = int(lines[0]) if lines else 0
        cpu = getattr(signal, "SIGXCPU", None)
        if stray.startswith("Timeout (") or (cpu is not None and code == -cpu):
            outcome.ending = "time"
        elif code < 0:
            try:
                name = signal.Signals(-code).name
            except ValueError:
                name = str(-code)
            outcome.ending, outcome.detail = "crashed", name
        elif code > 128 and os.name == "nt":
            outcome.ending, outcome.detail = "crashed", hex(code)
        else:
            outcome.detail = str(code)


class _Channel(threading.Thread):
    """Reads the child's reports. Lines without the secret are kept apart: they prove nothing."""

    def __init__(self, pipe: IO[bytes], nonce: bytes) -> None:
        super().__init__(daemon=True)
        self._pipe, self._nonce = pipe, nonce
        self._messages: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.ended = False
        self.stray = ""
        self.start()

    def run(self) -> None:
        data = b""
        while piece := os.read(self._pipe.fileno(), 65536):
            *lines, data = (data + piece).split(b"\n")
            for line in lines:
                if line.startswith(self._nonce):
                    self._messages.put(ast.literal_eval(line[len(self._nonce) :].decode("utf-8")))
                elif len(self.stray) < OUTPUT:
                    self.stray += line[:1000].decode("utf-8", "replace") + "\n"
            if len(data) > 4 << 20:
                data = b""  # a line that long is none of ours
        self._messages.put(None)

    def next(self, deadline: float) -> Any:
        """The next report, or None when there is none before ``deadline`` or there will be none."""
        try:
            message = self._messages.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            return None
        if message is None:
            self.ended = True
        return message


class _Output(threading.Thread):
    """Keeps the head of what is printed and counts the rest, so that the writer never waits."""

    def __init__(self, pipe: IO[bytes]) -> None:
        super().__init__(daemon=True)
        self._pipe = pipe
        self._head = bytearray()
        self._total = 0
        self.start()

    def run(self) -> None:
        while piece := os.read(self._pipe.fileno(), 65536):
            self._total += len(piece)
            self._head += piece[: max(0, OUTPUT - len(self._head))]

    def text(self) -> tuple[str, int]:
        return self._head.decode("utf-8", "replace"), self._total - len(self._head)


# ---------------------------------------------------------------- what the child may see


def _import_path() -> list[str]:
    """Where this process finds packages, without its working folder."""
    here = str(Path.cwd())
    own = str(Path(__file__).parents[2])
    found = [p for p in sys.path if p and p != here and Path(p).exists()]
    return list(dict.fromkeys([*found, own]))


def _readable() -> list[str]:
    system = [
        "/usr",
        "/lib",
        "/lib64",
        "/etc",
        "/sys",
        "/dev",
        "/nix/store",
        "/opt",
        "/System",
        "/Library",
    ]
    # of /proc only what libraries ask for: /proc/self/mem holds the secret
    system += [
        f"/proc/{p}" for p in ("cpuinfo", "meminfo", "stat", "version", "sys", "loadavg", "uptime")
    ]
    system += [
        f"/proc/self/{p}" for p in ("status", "statm", "stat", "maps", "cgroup", "mountinfo")
    ]
    prefixes = [sys.prefix, sys.base_prefix, sys.exec_prefix, *sysconfig.get_paths().values()]
    known = [*_import_path(), *prefixes, *(p for p in system if Path(p).exists())]
    # a package index or a checkout in the home folder is fine, the home folder is not
    home = os.path.realpath(Path.home())
    return [
        p
        for p in dict.fromkeys(known)
        if not (home + os.sep).startswith(os.path.realpath(p) + os.sep)
    ]


def _private() -> list[str]:
    """What the learner's code must not even read, wherever it lies."""
    files = [paths.progress_file(), paths.settings_file()]
    folders = [paths.exercises_folder(), paths.runs_folder()]
    return [
        str(p)
        for p in (
            *files,
            *(f.with_name(f.name + end) for f in files for end in ("-wal", "-shm")),
            *folders,
        )
    ]


def _environment(scratch: Path) -> dict[str, str]:
    kept = ("PATH", "SYSTEMROOT", "WINDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TZ")
    return {
        **{name: os.environ[name] for name in kept if name in os.environ},
        "HOME": str(scratch), "USERPROFILE": str(scratch), "TMPDIR": str(scratch), "TEMP": str(scratch),
        "TMP": str(scratch), "LANG": "C.UTF-8", "DLTUTOR_LANG": current(), "DLTUTOR_HOME": str(scratch),
        "DLTUTOR_SANDBOX": scratch.name,
        # one thread: sums come out the same everywhere, and small tensors are faster
        "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": "",
    }  # fmt: skip


# ---------------------------------------------------------------- ending


def _end(process: subprocess.Popen[bytes]) -> None:
    if os.name == "posix":
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()


def _end_strays(scratch: Path) -> None:
    """Kills what left the process group: every process whose environment carries the mark of this sandbox."""
    mark = f"DLTUTOR_SANDBOX={scratch.name}".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (folder / "environ").read_bytes().split(b"\0"):
                os.kill(int(folder.name), signal.SIGKILL)
        except (OSError, ValueError):
            continue


def _modest(scratch: Path) -> bool:
    """Whether what was written stays within bounds."""
    files, total = 0, 0
    folders = [str(scratch)]
    while folders:
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    files += 1
                    if files > SCRATCH_FILES:
                        return False
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    else:
                        total += entry.stat(follow_symlinks=False).st_size
        except OSError:
            continue
    return total <= SCRATCH_BYTES


def _remove(folder: Path) -> None:
    """Removes a folder, also where the learner's code took away the right to."""
    for place, folders, _ in os.walk(folder):
        for name in folders:
            inside = Path(place, name)
            with suppress(OSError):
                if not inside.is_symlink():
                    inside.chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)
