"""The program in a real terminal: read, answer, train, quit, start again."""

from __future__ import annotations

import os
import re
import shlex
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pexpect
import psutil
import pyte
import pytest

from dltutor.learning.progress import Progress

if sys.platform == "win32":
    pytest.skip("needs a pseudo-terminal", allow_module_level=True)


class Terminal:
    """A terminal emulator around ``python -m dltutor``."""

    def __init__(
        self, columns: int = 80, rows: int = 24, errors: str = "", **environment: str
    ) -> None:
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = b""
        env = {**os.environ, "TERM": "xterm-256color", **environment}
        words = [sys.executable, "-m", "dltutor"]
        if errors:
            words = ["sh", "-c", f"exec {shlex.join(words)} 2> {shlex.quote(errors)}"]
        self.child = pexpect.spawn(
            words[0], words[1:], dimensions=(rows, columns), env=env, timeout=60
        )

    @property
    def text(self) -> str:
        return "\n".join(self.screen.display)

    def read(self) -> None:
        try:
            data = self.child.read_nonblocking(65536, timeout=0.05)
        except (pexpect.TIMEOUT, pexpect.EOF):
            return
        self.raw += data
        # pyte does not know the keyboard protocol's private sequences, and would print them
        self.stream.feed(re.sub(rb"\x1b\[[<>=?][0-9;]*u|\x1bP.*?\x1b\\", b"", data))

    def until(self, wanted: str | Callable[[], bool], seconds: float = 60.0) -> None:
        deadline = time.monotonic() + seconds
        while not (wanted() if callable(wanted) else wanted in self.text):
            assert time.monotonic() < deadline, f"{wanted!r} did not come:\n{self.text}"
            self.read()

    def send(self, keys: str) -> None:
        for key in keys:
            self.child.send(key)
            self.read()

    def quit(self) -> int:
        self.child.send("\x11")
        deadline = time.monotonic() + 30
        while self.child.isalive() and time.monotonic() < deadline:
            self.read()
        assert not self.child.isalive()
        for _ in range(5):
            self.read()
        self.child.close()
        return int(self.child.exitstatus or 0)


@pytest.fixture
def terminal() -> Iterator[Callable[..., Terminal]]:
    opened: list[Terminal] = []

    def make(**options: Any) -> Terminal:
        opened.append(Terminal(**options))
        return opened[-1]

    yield make
    for one in opened:
        one.child.close(force=True)


def test_read_answer_quit_and_find_everything_again(terminal: Callable[..., Terminal]) -> None:
    first = terminal()
    first.until("Waves and their sums")
    first.send("c")
    first.until("Two waves, one sum")
    for _ in range(20):
        first.send(" ")
        for _ in range(5):
            first.read()
        if "✓ read" in first.text:
            break
    first.send("G")
    first.until("✓ read")
    first.until("the questions on this lesson")
    place = [line for line in first.screen.display if line.strip()]
    first.send("u")
    # the choices are drawn after their question
    first.until(lambda: any(f"{w}  nothing" in first.text for w in "abc"))
    letter = next(w for w in "abc" if f"{w}  nothing" in first.text)
    first.send(letter + "\r")
    first.until("Right.")
    assert first.quit() == 0
    # the terminal is as it was: no alternate screen, no mouse reports, the cursor shown
    for left in (b"\x1b[?1049l", b"\x1b[?1000l", b"\x1b[?25h"):
        assert left in first.raw
    with Progress.open() as progress:
        assert progress.counts("sample").questions_right == 1

    second = terminal()
    second.until("Continue")
    second.until("1/8")
    second.send("c")
    second.until("✓ read")
    second.until(lambda: [line for line in second.screen.display if line.strip()] == place)
    assert second.quit() == 0


def test_sixteen_colours_and_no_colour(terminal: Callable[..., Terminal]) -> None:
    plain = terminal(TERM="linux", COLORTERM="")
    plain.until("Waves and their sums")
    assert b"38;2;" not in plain.raw
    assert plain.quit() == 0
    bare = terminal(NO_COLOR="1")
    bare.until("Waves and their sums")
    bare.send("?")
    bare.until("Keys")
    colours = re.findall(
        rb"\x1b\[[0-9;]*?\b(3[0-7]|38|4[0-7]|48|9[0-7]|10[0-7])\b[0-9;]*m", bare.raw
    )
    assert colours == []
    assert bare.quit() == 0


def test_errors_that_go_to_a_file_do_not_take_the_screens_along(
    terminal: Callable[..., Terminal], tmp_path: Path
) -> None:
    messages = tmp_path / "messages"
    screen = terminal(errors=str(messages))
    screen.until("Waves and their sums")
    assert screen.quit() == 0
    assert b"\x1b[?1049l" in screen.raw
    assert b"\x1b" not in messages.read_bytes()


def test_the_shell_is_a_key_away(terminal: Callable[..., Terminal]) -> None:
    screen = terminal(rows=40)
    screen.until("Waves and their sums")
    screen.send("\x1a")
    process = psutil.Process(screen.child.pid)
    screen.until(lambda: process.status() == psutil.STATUS_STOPPED)
    assert b"\x1b[?1049l" in screen.raw
    screen.raw = b""
    screen.screen.reset()  # the shell's own lines
    process.send_signal(signal.SIGCONT)
    screen.until("Waves and their sums")
    assert b"\x1b[?1049h" in screen.raw
    screen.send("?")
    screen.until("to the shell")
    assert screen.quit() == 0


def test_chinese_fills_the_grid(terminal: Callable[..., Terminal]) -> None:
    screen = terminal(DLTUTOR_LANG="zh")
    screen.until("MNIST")
    screen.until(lambda: sum(set(line) == {"─"} for line in screen.screen.display) == 2)
    screen.until("用多层感知机识别")
    assert screen.quit() == 0


def test_damaged_settings_are_one_line_before_anything_opens(
    terminal: Callable[..., Terminal], tmp_path: Path
) -> None:
    file = tmp_path / "home" / "config" / "settings.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("{", encoding="utf-8")
    one = terminal()
    one.until("is damaged")
    deadline = time.monotonic() + 20
    while one.child.isalive() and time.monotonic() < deadline:
        one.read()
    one.child.close()
    assert one.child.exitstatus == 1
    assert b"\x1b[?1049h" not in one.raw


@pytest.mark.slow
def test_a_run_outlives_the_screens(terminal: Callable[..., Terminal]) -> None:
    pytest.importorskip("torch")
    first = terminal()
    first.until("MNIST")
    first.send("/")
    first.until("a chapter, a lesson")
    first.send("perceptron")
    first.until(lambda: "Waves" not in first.text.split("perceptron", 1)[-1])
    first.send("\r")
    first.until("Lessons")
    first.send("t")
    first.until("batch_size")
    first.send("p")
    first.until("--preset full")
    first.send("s")
    first.until("running", 60)
    first.until("accuracy", 120)
    assert first.quit() == 0

    second = terminal()
    second.until("MNIST")
    second.send("t")
    second.until("3-0001")
    second.send("\r")
    second.until("finished", 120)
    second.until("test_accuracy")
    assert second.quit() == 0
