"""What every test has: a home of its own, the command line as a real process, a real terminal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# A machine that is busy is no fault of an example.
settings.register_profile("dltutor", deadline=None)
settings.load_profile("dltutor")

# One thread a process: tests run side by side, and torch would take every core for each of them.
os.environ["OMP_NUM_THREADS"] = "1"

_FROM_OUTSIDE = (
    "DLTUTOR_DATA",
    "DLTUTOR_RUNS",
    "DLTUTOR_EXERCISES",
    "DLTUTOR_DEBUG",
    "NO_COLOR",
    "FORCE_COLOR",
    "LC_ALL",
    "LC_MESSAGES",
    "LC_CTYPE",
    "LANGUAGE",
    "COLUMNS",
    "LINES",
    "PYTHONDONTWRITEBYTECODE",  # every command that a test starts would compile everything
    "PYTHONUNBUFFERED",
)
DATA_ROOT = os.environ.get("DLTUTOR_DATA", "")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh DLTUTOR_HOME: no test sees the user's settings and progress, or another test's."""
    for name in _FROM_OUTSIDE:
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "home"
    monkeypatch.setenv("DLTUTOR_HOME", str(folder))
    monkeypatch.setenv("DLTUTOR_LANG", "en")
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("PYTHONUTF8", "1")
    _forget()
    return folder


def _forget() -> None:
    """Empties what this process remembers of the last test's language, settings and chapters."""
    from dltutor import i18n, registry

    i18n.use("")
    registry.entries.cache_clear()


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended."""

    out: str
    err: str
    code: int


Command = Callable[..., Done]


@pytest.fixture
def dltutor(tmp_path: Path) -> Command:
    """``dltutor("list", "--json")`` runs the command line in a process of its own, off a terminal.

    ``input`` is what is typed, ``env`` adds variables, ``cwd`` and ``timeout`` are the process's.
    """

    def command(
        *arguments: str | Path,
        input: str = "",
        env: dict[str, str] | None = None,
        cwd: Path | None = None,
        timeout: float = 120,
    ) -> Done:
        done = subprocess.run(
            [sys.executable, "-m", "dltutor", *map(str, arguments)],
            input=input,
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, **(env or {})},
            cwd=cwd or tmp_path,
            timeout=timeout,
            check=False,
        )
        return Done(done.stdout, done.stderr, done.returncode)

    return command


CHAPTER = """
from dltutor.chapter import Chapter, Dataset, Demo, RemoteFile, Training
from dltutor.hookspecs import hookimpl

@hookimpl
def dltutor_chapter():
    return Chapter(
        id={name!r}, slug={name!r}, title="Chapter {name}", summary="", content={name!r}, {chapter}
    )
"""


@pytest.fixture
def add_chapter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """``add_chapter("mine", chapter="number=40")`` installs a distribution with that chapter.

    ``chapter`` are more arguments of its ``Chapter``; ``code`` stands for the whole module.
    Returns the folder of its package. Child processes see it; so does this one.
    """
    site = tmp_path / "site"

    def add(name: str, *, chapter: str = "", code: str = "", version: str = "0.1") -> Path:
        package = site / name
        package.mkdir(parents=True)
        text = code or CHAPTER.format(name=name, chapter=chapter)
        (package / "__init__.py").write_text(text, encoding="utf-8")
        about = site / f"{name}-{version}.dist-info"
        about.mkdir()
        for file, content in (
            ("METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"),
            ("entry_points.txt", f"[dltutor.chapters]\n{name} = {name}\n"),
        ):
            (about / file).write_text(content, encoding="utf-8")
        monkeypatch.setenv("PYTHONPATH", str(site))
        if str(site) not in sys.path:
            monkeypatch.syspath_prepend(str(site))
        _forget()
        return package

    return add


@pytest.fixture
def data_root() -> Path:
    """The folder of public data sets that DLTUTOR_DATA named when the tests began."""
    if not DATA_ROOT:
        pytest.skip("DLTUTOR_DATA is not set: no public data sets on this machine")
    root = Path(DATA_ROOT).expanduser().resolve()
    if not (root / "MNIST" / "raw").is_dir():
        pytest.skip(f"DLTUTOR_DATA={DATA_ROOT} holds no MNIST/raw")
    return root


class Terminal:
    """A command in a real pseudo-terminal, with pyte as the screen that a person would see."""

    def __init__(
        self, arguments: Sequence[str], columns: int, rows: int, env: dict[str, str]
    ) -> None:
        import pexpect
        import pyte

        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.raw = b""
        """every byte that the program wrote"""
        self.process: Any = pexpect.spawn(
            arguments[0],
            list(arguments[1:]),
            dimensions=(rows, columns),
            env={**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **env},
            timeout=30,
        )

    @property
    def text(self) -> str:
        """The screen's lines as they stand."""
        # a wide character fills two cells; pyte leaves the second one empty
        return "\n".join(line.rstrip() for line in self.screen.display)

    def send(self, keys: str) -> None:
        """Types ``keys``: text, or escape sequences such as ``"\\x1b[A"`` for the up arrow."""
        self.process.send(keys)

    def resize(self, columns: int, rows: int) -> None:
        self.screen.resize(rows, columns)
        self.process.setwinsize(rows, columns)

    def wait(self, text: str | Callable[[str], bool], timeout: float = 30) -> str:
        """Reads until ``text`` is on the screen, or the function says so; returns the screen."""
        there = text if callable(text) else (lambda shown: text in shown)
        end = time.monotonic() + timeout
        while not there(self.text):
            if not self._read(min(0.5, max(0.0, end - time.monotonic()))):
                if there(self.text):
                    break
                raise AssertionError(f"ended before {text!r} was shown:\n{self.text}")
            if time.monotonic() > end:
                raise AssertionError(f"{text!r} was not shown within {timeout:g} s:\n{self.text}")
        return self.text

    def finish(self, timeout: float = 30) -> int:
        """Reads to the end and returns the exit code (128 + n for signal n)."""
        end = time.monotonic() + timeout
        while self._read(0.5):
            if time.monotonic() > end:
                raise AssertionError(f"still running after {timeout:g} s:\n{self.text}")
        self.process.wait()
        if self.process.signalstatus is not None:
            return 128 + int(self.process.signalstatus)
        return int(self.process.exitstatus)

    def interrupt(self) -> None:
        """Ctrl-C."""
        self.process.sendintr()

    def _read(self, timeout: float) -> bool:
        import pexpect

        try:
            data = self.process.read_nonblocking(65536, timeout=timeout)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.raw += data
        self._stream.feed(data)
        return True

    def close(self) -> None:
        if self.process.isalive():
            self.process.kill(signal.SIGKILL)
        self.process.close(force=True)


@pytest.fixture
def terminal() -> Iterator[Callable[..., Terminal]]:
    """``terminal("quiz", "3")`` starts the command line in an 80 x 24 terminal.

    ``columns`` and ``rows`` set another size, ``env`` adds variables, ``program`` runs
    something other than dltutor.
    """
    if os.name == "nt":
        pytest.skip("no pseudo-terminal here")
    opened: list[Terminal] = []

    def start(
        *arguments: str | Path,
        columns: int = 80,
        rows: int = 24,
        env: dict[str, str] | None = None,
        program: Sequence[str] = (sys.executable, "-m", "dltutor"),
    ) -> Terminal:
        opened.append(Terminal([*program, *map(str, arguments)], columns, rows, env or {}))
        return opened[-1]

    yield start
    for one in opened:
        one.close()
