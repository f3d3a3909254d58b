"""The terminal: its size, colours, and how wide it draws Chinese."""

from __future__ import annotations

import locale
import os
import platform
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator

from dltutor.cli.doctor.finding import Finding
from dltutor.cli.doctor.machine import set_variable
from dltutor.i18n import current, t

LEAST_COLUMNS, LEAST_ROWS = 80, 24
ANSWER_SECONDS = 0.5


def terminal() -> Iterator[Finding]:
    """What the screens need. Off a terminal only what a pipe needs."""
    yield _encoding()
    yield Finding("locale", "ok", _locale())
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        yield Finding(
            "terminal", "note", t("none here: the screens need one, every command works without")
        )
        return
    yield _kind()
    yield _size()
    yield _colours()
    yield from _widths()
    yield _pictures()
    yield from _fonts()


def _encoding() -> Finding:
    encoding = (sys.stdout.encoding or "").lower()
    if encoding.replace("-", "") == "utf8":
        return Finding("encoding", "ok", "UTF-8")
    seen = t("{encoding}: Chinese and drawings can not be shown", encoding=encoding or "?")
    return Finding("encoding", "fail", seen, set_variable("PYTHONUTF8", "1"))


def _locale() -> str:
    name = next((v for n in ("LC_ALL", "LC_CTYPE", "LANG") if (v := os.environ.get(n))), "C")
    return t(
        "{name}, {encoding}; dltutor speaks {lang}",
        name=name, encoding=locale.getpreferredencoding(False), lang=current(),
    )  # fmt: skip


def _kind() -> Finding:
    through = [
        name
        for name, there in (
            ("tmux", "TMUX" in os.environ),
            (
                "screen",
                os.environ.get("TERM", "").startswith("screen") and "TMUX" not in os.environ,
            ),
            ("SSH", "SSH_CONNECTION" in os.environ),
            ("WSL", "microsoft" in platform.release().lower()),
        )
        if there
    ]
    program = os.environ.get("TERM_PROGRAM", "")
    name = os.environ.get("TERM", "") or ("Windows" if os.name == "nt" else "?")
    seen = " ".join(filter(None, (name, program))) + (
        t(", through {what}", what=", ".join(through)) if through else ""
    )
    if name in ("dumb", "unknown", "?"):
        return Finding(
            "terminal",
            "fail",
            seen + ": " + t("it can not move the cursor"),
            set_variable("TERM", "xterm-256color"),
        )
    return Finding("terminal", "ok", seen)


def _size() -> Finding:
    columns, rows = shutil.get_terminal_size()
    seen = f"{columns} x {rows}"
    if columns >= LEAST_COLUMNS and rows >= LEAST_ROWS:
        return Finding("size", "ok", seen)
    seen += ": " + t(
        "the screens are made for {columns} x {rows} and more",
        columns=LEAST_COLUMNS,
        rows=LEAST_ROWS,
    )
    if "TMUX" in os.environ:
        return Finding("size", "note", seen, "tmux resize-pane -Z")
    return Finding("size", "note", seen, f"printf '\\e[8;{LEAST_ROWS};{LEAST_COLUMNS}t'")


def _colours() -> Finding:
    name, deep = os.environ.get("TERM", ""), os.environ.get("COLORTERM", "").lower()
    if os.environ.get("NO_COLOR"):
        return Finding("colours", "ok", t("none, as NO_COLOR asks"))
    if deep in ("truecolor", "24bit") or os.name == "nt":
        return Finding("colours", "ok", t("16 million"))
    if "256" in name or "direct" in name:
        if "TMUX" in os.environ:
            return Finding(
                "colours",
                "note",
                t("256; more through tmux with:"),
                'tmux set -ga terminal-features ",*:RGB"',
            )
        return Finding("colours", "ok", "256")
    return Finding(
        "colours", "note", t("few: {name}", name=name), set_variable("TERM", "xterm-256color")
    )


def _widths() -> Iterator[Finding]:
    """Asks the terminal itself where its cursor stands after a character."""
    chinese, dots = _columns_of("中"), _columns_of("·")
    if chinese is None or dots is None:
        yield Finding("widths", "note", t("the terminal does not answer when asked how wide 中 is"))
    elif chinese != 2:
        yield Finding(
            "widths",
            "note",
            t(
                "中 takes {columns} columns here, it should take 2: Chinese will not be aligned",
                columns=chinese,
            ),
        )
    elif dots != 1:
        yield Finding(
            "widths",
            "note",
            t(
                "· takes {columns} columns: switch off wide ambiguous characters",
                columns=dots,
            ),
        )
    else:
        yield Finding("widths", "ok", t("中 takes 2 columns, · takes 1"))


def _pictures() -> Finding:
    from dltutor import settings
    from dltutor.drawing.terminal import find
    from dltutor.errors import TutorError

    try:
        wished = settings.load().pictures
    except TutorError:
        wished = ""  # told where the files are looked at
    found = find(wished)
    if found.protocol == "kitty":
        seen = t("Kitty's protocol")
    elif found.protocol == "sixel":
        seen = "Sixel"
    else:
        seen = t("half blocks: {why}", why=t(found.why))
    return Finding("pictures", "ok", seen)


def _columns_of(text: str) -> int | None:
    """How many columns the cursor moves when ``text`` is written; None without an answer."""
    if os.name == "nt":
        return None
    import termios
    import tty

    source = sys.stdin.fileno()
    before = termios.tcgetattr(source)
    answer = b""
    try:
        tty.setcbreak(source)
        sys.stdout.write(f"\r{text}\x1b[6n")
        sys.stdout.flush()
        end = time.monotonic() + ANSWER_SECONDS
        while not answer.endswith(b"R") and (left := end - time.monotonic()) > 0:
            if select.select([source], [], [], left)[0]:
                answer += os.read(source, 32)
    finally:
        termios.tcsetattr(source, termios.TCSADRAIN, before)
        sys.stdout.write("\r\x1b[K")
        sys.stdout.flush()
    _, bracket, position = answer.partition(b"\x1b[")
    column = position.rstrip(b"R").partition(b";")[2]
    return int(column) - 1 if bracket and column.isdigit() else None


def _fonts() -> Iterator[Finding]:
    """Fonts matter on the machine whose screen it is, so not through SSH or WSL."""
    program = shutil.which("fc-list")
    if (
        program is None
        or "SSH_CONNECTION" in os.environ
        or "microsoft" in platform.release().lower()
    ):
        return
    try:
        done = subprocess.run(
            [program, ":lang=zh-cn", "family"], capture_output=True, encoding="utf-8",
            errors="replace", timeout=20, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return
    families = sorted(set(filter(None, done.stdout.splitlines())))
    if families:
        yield Finding("fonts", "ok", t("{family} has Chinese", family=families[0]))
    else:
        yield Finding(
            "fonts", "note", t("none with Chinese"), "sudo apt-get install -y fonts-noto-cjk"
        )
