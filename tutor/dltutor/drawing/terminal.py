"""Which protocol for pictures the terminal has: Kitty's, Sixel, or none.

The terminal itself is asked, once, before the screens take it: afterwards its answer would be
read as keys. Only terminals whose variables say that they may have one are asked, and only
for as long as a person does not notice. textual-image is not used for this: it asks every
terminal while it is imported, a byte at a time, and what comes later than a tenth of a second
ends as keys that nobody pressed.
"""

from __future__ import annotations

import os
import re
import select
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from dltutor.drawing.kitty import Kitty
    from dltutor.drawing.sixel import Sixels

Protocol = Literal["kitty", "sixel"]
CHOICES: Final = ("auto", "blocks", "kitty", "sixel")
"""what the setting ``pictures`` may be; a protocol by name is for terminals that nobody knows"""

graphics: Kitty | Sixels | None = None
"""how pictures get to a terminal that shows pixels; set by whoever has the terminal"""

SECONDS, SECONDS_BY_SSH = 0.3, 1.0
USUAL_CELL = (10, 20)
CHOSEN: Final = "half blocks were chosen"

_QUERY_KITTY = b"\x1b_Gi=31,s=1,v=1,a=q,U=1,t=d,f=24;AAAA\x1b\\"
"""with U=1, which a Kitty before 0.28 does not know and does not answer: it has no placeholders"""
_QUERY = b"\x1b[16t\x1b[c"
"""the size of a cell, then what kind of terminal it is, which all of them answer"""
_KIND = re.compile(rb"\x1b\[\?([\d;]*)c")
_CELL = re.compile(rb"\x1b\[6;(\d+);(\d+)t")
LATE: Final = re.compile("\x1b\\[\\?[\\d;]*c|\x1b\\[6;\\d+;\\d+t|\x1b_G.*?\x1b\\\\")
"""the answers, where they come after all"""


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of the terminal."""

    protocol: Protocol | None = None
    cell: tuple[int, int] = USUAL_CELL
    """width and height of a cell in pixels"""
    why: str = ""
    """why there is no protocol, in English, or empty"""
    late: bool = False
    """it was asked and has not answered, so it may do so yet"""


def hinted(env: Mapping[str, str]) -> Protocol | None:
    """The protocol that the terminal's variables lead one to expect.

    Of those that speak Kitty's only Kitty and Ghostty have its placeholders, which let a picture
    scroll and be covered like text.
    """
    term, program = env.get("TERM", ""), env.get("TERM_PROGRAM", "").lower()
    if "kitty" in term or "ghostty" in term or "KITTY_WINDOW_ID" in env or program == "ghostty":
        return "kitty"
    if (
        term.startswith(("foot", "mlterm", "contour", "yaft"))
        or program in ("wezterm", "iterm.app", "mintty", "contour", "rio", "vscode")
        or any(name in env for name in ("XTERM_VERSION", "WT_SESSION", "KONSOLE_VERSION"))
    ):
        return "sixel"
    return None


def find(setting: str = "", env: Mapping[str, str] | None = None) -> Found:
    """Asks the terminal, if there is one that may have a protocol. Never raises, never hangs."""
    env = os.environ if env is None else env
    term = env.get("TERM", "")
    if setting == "blocks":
        return Found(why=CHOSEN)
    if env.get("NO_COLOR"):
        return Found(why="NO_COLOR is set")
    if not (_is_tty(sys.__stdin__) and _is_tty(sys.__stdout__)) or os.name != "posix":
        return Found(why="no terminal that can be asked")
    if "TMUX" in env or "STY" in env or term.startswith(("tmux", "screen")):
        return Found(why="tmux and screen keep pictures to themselves")
    wanted: Protocol | None = hinted(env)
    if setting in ("kitty", "sixel"):
        wanted = "kitty" if setting == "kitty" else "sixel"
    if wanted is None or term in ("", "dumb", "linux"):
        return Found(why="this terminal is not known to have a protocol")
    query = (_QUERY_KITTY if wanted == "kitty" else b"") + _QUERY
    answer = _ask(query, SECONDS_BY_SSH if "SSH_CONNECTION" in env else SECONDS)
    kind = _KIND.search(answer)
    if kind is None:
        return Found(why="the terminal does not answer", late=True)
    cell = _cell(answer)
    if wanted == "kitty" and b"\x1b_Gi=31;OK" in answer:
        return Found("kitty", cell)
    if b"4" in kind[1].split(b";")[1:]:
        return Found("sixel", cell)
    if wanted == "kitty":
        return Found(why="pictures need Kitty 0.28 or newer")
    return Found(why="the terminal says it has none")


def _is_tty(stream: object) -> bool:
    try:
        return bool(stream.isatty())  # type: ignore[attr-defined]
    except (AttributeError, ValueError):
        return False


def _ask(query: bytes, seconds: float) -> bytes:
    """Writes the query and reads until the terminal has said of what kind it is, or time is up."""
    import termios
    import tty

    assert sys.__stdin__ is not None
    assert sys.__stdout__ is not None
    source, answer = sys.__stdin__.fileno(), b""
    try:
        before = termios.tcgetattr(source)
    except termios.error:
        return b""
    try:
        tty.setcbreak(source, termios.TCSANOW)
        sys.__stdout__.flush()
        os.write(sys.__stdout__.fileno(), query)
        end = time.monotonic() + seconds
        while not _KIND.search(answer) and (left := end - time.monotonic()) > 0:
            if select.select([source], [], [], left)[0]:
                data = os.read(source, 1024)
                if not data:
                    break
                answer += data
    except (OSError, termios.error):
        pass
    finally:
        with suppress(termios.error):
            termios.tcsetattr(source, termios.TCSANOW, before)
    return answer


def _cell(answer: bytes) -> tuple[int, int]:
    """The size of a cell, as the terminal says or as its window's size implies."""
    if told := _CELL.search(answer):
        high, wide = int(told[1]), int(told[2])
        if 2 <= wide <= 200 and 2 <= high <= 400:
            return wide, high
    import fcntl
    import struct
    import termios

    with suppress(OSError, struct.error):
        data = fcntl.ioctl(1, termios.TIOCGWINSZ, b"\0" * 8)
        rows, columns, x, y = struct.unpack("HHHH", data)
        if rows and columns and x >= 2 * columns and y >= 2 * rows:
            return x // columns, y // rows
    return USUAL_CELL
