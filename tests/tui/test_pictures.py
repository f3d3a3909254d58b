"""Pictures by the terminal's own protocol: real pseudo-terminals that answer as Kitty, as a Sixel
terminal, late, or never."""

from __future__ import annotations

import base64
import os
import random
import re
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dltutor import settings
from dltutor.drawing import draw_lines, terminal
from dltutor.drawing.inks import Place
from dltutor.drawing.kitty import MARKS, PLACE, Kitty
from dltutor.drawing.pixels import MOST, fitted, in_rgb, sampled
from dltutor.drawing.sixel import at_size, sixel
from dltutor.text import width
from dltutor.tui.painter import Box, Cell, boxes
from dltutor.views import Picture

if sys.platform == "win32":
    pytest.skip("needs a pseudo-terminal", allow_module_level=True)

pexpect = pytest.importorskip("pexpect")
pyte = pytest.importorskip("pyte")

KITTY_ASKS = re.compile(rb"\x1b_Gi=(\d+),[^;]*a=q[^;]*;[^\x1b]*\x1b\\")
APC = re.compile(rb"\x1b_G([^;\x1b]*)(?:;([^\x1b]*))?\x1b\\")
SIXEL = re.compile(rb"\x1bP0;1q.*?\x1b\\", re.DOTALL)


CELL = 9, 18
Colour = tuple[int, ...]


class Glass(pyte.Screen):  # type: ignore[misc]
    """A screen whose cells hold pixels until text is written over them."""

    def __init__(self, columns: int, rows: int) -> None:
        self.pixels: dict[tuple[int, int], dict[tuple[int, int], Colour]] = {}
        """by column and row of the cell, then by column and row in it"""
        super().__init__(columns, rows)

    def draw(self, data: str) -> None:
        for sign in data:
            super().draw(sign)
            if sign != PLACE:
                self.pixels.pop((self.cursor.x - 1, self.cursor.y), None)

    def paint(self, data: str) -> None:
        wide, high, pixels = decoded(data)
        assert self.cursor.y * CELL[1] + high <= (self.lines - 1) * CELL[1], "it would scroll"
        assert self.cursor.x * CELL[0] + wide <= self.columns * CELL[0]
        for (x, y), colour in pixels.items():
            x, y = x + self.cursor.x * CELL[0], y + self.cursor.y * CELL[1]
            cell = self.pixels.setdefault((x // CELL[0], y // CELL[1]), {})
            cell[x % CELL[0], y % CELL[1]] = colour

    def picture(self) -> dict[tuple[int, int], Colour]:
        """All the pixels, from the first cell that has any."""
        if not self.pixels:
            return {}
        left, top = min(x for x, _ in self.pixels), min(y for _, y in self.pixels)
        return {
            ((column - left) * CELL[0] + x, (row - top) * CELL[1] + y): colour
            for (column, row), cell in self.pixels.items()
            for (x, y), colour in cell.items()
        }

    def half_blocks(self) -> int:
        return sum(line.count("▀") for line in self.display)


class Emulator:
    """A terminal around a command, which answers questions as ``kind`` would."""

    def __init__(
        self,
        kind: str,
        *arguments: str,
        delay: int = 0,
        size: tuple[int, int] = (80, 24),
        program: tuple[str, ...] = ("-m", "dltutor"),
        **env: str,
    ) -> None:
        self.kind, self.delay = kind, delay
        columns, rows = size
        self.screen = Glass(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = b""
        self.unread = b""
        self.commands: list[tuple[dict[str, str], bytes]] = []
        """what Kitty's protocol was used for: the keys and the payload of each command"""
        self.asked = 0
        variables = {**os.environ, "COLORTERM": "truecolor", **env}
        for name in ("TMUX", "STY", "TERM_PROGRAM", "KITTY_WINDOW_ID", "SSH_CONNECTION"):
            if name not in env:
                variables.pop(name, None)
        self.child = pexpect.spawn(
            sys.executable, [*program, *arguments],
            dimensions=(rows, columns), env=variables, timeout=60,
        )  # fmt: skip

    @property
    def text(self) -> str:
        return "\n".join(self.screen.display)

    def read(self) -> bool:
        try:
            data = self.child.read_nonblocking(65536, timeout=0.05)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.raw += data
        self.unread += data
        self._answer()
        for found in APC.finditer(self.unread):
            keys = dict(part.split("=", 1) for part in found[1].decode().split(","))
            self.commands.append((keys, found[2] or b""))
        # what is still being written stays for the next time
        open_ = max(self.unread.rfind(b"\x1b_G"), self.unread.rfind(b"\x1bP"))
        cut = len(self.unread)
        if open_ >= 0 and b"\x1b\\" not in self.unread[open_:]:
            cut = open_
        whole, self.unread = self.unread[:cut], self.unread[cut:]
        for part in re.split(rb"(\x1bP0;1q.*?\x1b\\)", APC.sub(b"", whole), flags=re.DOTALL):
            if part.startswith(b"\x1bP0;1q"):
                self.screen.paint(part.decode())
            else:
                self.stream.feed(re.sub(rb"\x1b\[[<>=?][0-9;]*u|\x1bP.*?\x1b\\", b"", part))
        return True

    def _answer(self) -> None:
        """Once the question that ends all is there: before it was asked, nobody listens."""
        if self.asked or b"\x1b[c" not in self.raw:
            return
        self.asked += 1
        if self.kind == "silent":
            return
        answer = b""
        asks = KITTY_ASKS.search(self.raw)
        # Kitty before 0.28 has no placeholders, and takes a command with U for malformed
        if asks and (self.kind == "kitty" or (self.kind == "kitty 0.26" and b"U=1" not in asks[0])):
            answer += b"\x1b_Gi=%s;OK\x1b\\" % asks[1]
        answer += b"\x1b[6;%d;%dt" % CELL[::-1]
        answer += b"\x1b[?62;4;22c" if self.kind == "sixel" else b"\x1b[?62;c"
        # a slow line; what the program draws meanwhile stays to be read
        time.sleep(self.delay / 10)
        self.child.send(answer)

    def until(self, wanted: str | Callable[[], bool], tries: int = 1200) -> None:
        for _ in range(tries):
            if wanted() if callable(wanted) else wanted in self.text:
                return
            assert self.read(), f"ended before {wanted!r}:\n{self.text}"
        raise AssertionError(f"{wanted!r} did not come:\n{self.text}\n{self.raw[-2000:]!r}")

    def still(self) -> None:
        """Reads until nothing has come for a while."""
        before = -1
        while before != (before := len(self.raw)):
            for _ in range(8):
                assert self.read()

    def finish(self) -> int:
        while self.read():
            pass
        self.child.close()
        return int(self.child.exitstatus or 0)


@pytest.fixture
def emulator() -> Iterator[Callable[..., Emulator]]:
    opened: list[Emulator] = []

    def make(kind: str, *arguments: str, **options: Any) -> Emulator:
        opened.append(Emulator(kind, *arguments, **options))
        return opened[-1]

    yield make
    for one in opened:
        one.child.close(force=True)


@pytest.fixture
def gallery(add_chapter: Callable[..., Path], tmp_path: Path) -> None:
    """A chapter whose demo shows a picture of 4 x 2 pixels."""
    add_chapter(
        "gallery",
        code="""
from typing import Annotated
from dltutor.chapter import Chapter, Demo, Param
from dltutor.hookspecs import hookimpl
from dltutor.views import Note, Picture

def show(
    grey: Annotated[int, Param("grey", low=0, high=255)] = 200,
    more: Annotated[bool, Param("nothing more")] = False,
) -> list:
    pixels = bytes([grey, 0, 255, 128] * 2)
    return [Picture(width=4, height=2, pixels=pixels, caption="four squares"), Note("all there")]

@hookimpl
def dltutor_chapter():
    return Chapter(id="gallery", slug="gallery", title="Gallery", summary="", content="gallery",
                   demos=(Demo(name="show", title="Show", function="gallery:show"),))
""",
    )


def picture(wide: int, high: int, channels: int = 1) -> Picture:
    return Picture(
        width=wide, height=high, pixels=random.Random(0).randbytes(wide * high * channels)
    )


# -- commands ---------------------------------------------------------------------------------------


def received(commands: list[tuple[dict[str, str], bytes]]) -> list[tuple[dict[str, str], bytes]]:
    """The pictures that a Kitty got: the keys of the first command and the pixels."""
    found: list[tuple[dict[str, str], bytes]] = []
    more = False
    for keys, payload in commands:
        if keys.get("a") == "T":
            found.append((keys, payload))
        elif more:
            found[-1] = (found[-1][0], found[-1][1] + payload)
        more = keys.get("m") == "1"
    return [(keys, zlib.decompress(base64.b64decode(data))) for keys, data in found]


def test_a_command_in_kitty(emulator: Callable[..., Emulator], gallery: None) -> None:
    kitty = emulator("kitty", "demo", "gallery", TERM="xterm-kitty")
    assert kitty.finish() == 0
    ((keys, pixels),) = received(kitty.commands)
    assert (keys["U"], keys["q"], keys["f"]) == ("1", "2", "24")
    # 79 columns of 9 pixels and 21 lines of 18: 177 times as large
    assert (keys["s"], keys["v"]) == ("708", "354")
    assert (keys["c"], keys["r"]) == ("79", "20")
    assert pixels[: 3 * 177] == bytes([200]) * 3 * 177
    assert pixels[3 * 177 : 3 * 178] == bytes(3)
    number = int(keys["i"])
    ink = f"38;2;{number >> 16};{number >> 8 & 255};{number & 255}m"
    assert kitty.raw.count(ink.encode()) == 20
    assert kitty.raw.decode().count(PLACE) == 79 * 20
    assert "four squares" in kitty.text
    assert "all there" in kitty.text
    assert "▀" not in kitty.text


def test_a_command_in_a_sixel_terminal(emulator: Callable[..., Emulator], gallery: None) -> None:
    foot = emulator("sixel", "demo", "gallery", TERM="foot")
    assert foot.finish() == 0
    (data,) = SIXEL.findall(foot.raw)
    assert data.startswith(b'\x1bP0;1q"1;1;708;354')
    assert "four squares" in foot.text
    assert "all there" in foot.text
    assert foot.commands == []
    assert "▀" not in foot.text


@pytest.mark.parametrize(
    ("kind", "env"),
    [
        ("silent", {"TERM": "foot"}),
        ("plain", {"TERM": "xterm-kitty"}),
        ("kitty 0.26", {"TERM": "xterm-kitty"}),
        ("plain", {"TERM": "xterm-256color", "TERM_PROGRAM": "vscode"}),
        ("silent", {"TERM": "xterm-256color"}),
        ("sixel", {"TERM": "tmux-256color", "TMUX": "/tmp/tmux"}),
    ],
)
def test_half_blocks_wherever_there_is_no_protocol(
    emulator: Callable[..., Emulator], gallery: None, kind: str, env: dict[str, str]
) -> None:
    one = emulator(kind, "demo", "gallery", **env)
    assert one.finish() == 0
    assert "all there" in one.text
    assert b"48;2;255;255;255m" in one.raw
    assert not SIXEL.search(one.raw)
    assert received(one.commands) == []
    # unknown terminals and tmux are not even asked, and nobody is asked for Kitty's in vain
    assert one.asked == (
        env["TERM"] not in ("xterm-256color", "tmux-256color") or len(env) == 2
    ) * ("TMUX" not in env)


def test_the_setting_decides_over_the_terminal(
    emulator: Callable[..., Emulator], gallery: None
) -> None:
    settings.save(pictures="blocks")
    kitty = emulator("kitty", "demo", "gallery", TERM="xterm-kitty")
    assert kitty.finish() == 0
    assert kitty.asked == 0
    settings.save(pictures="sixel")
    unknown = emulator("sixel", "demo", "gallery", TERM="xterm-256color")
    assert unknown.finish() == 0
    assert SIXEL.search(unknown.raw)


def test_nothing_is_asked_in_a_pipe(dltutor: Any, gallery: None) -> None:
    done = dltutor("demo", "gallery", env={"TERM": "xterm-kitty"})
    assert "\x1b" not in done.out


@pytest.mark.parametrize(
    ("kind", "term", "seen"),
    [
        ("kitty", "xterm-kitty", "Kitty's protocol"),
        ("kitty 0.26", "xterm-kitty", "half blocks: pictures need Kitty 0.28 or newer"),
        ("sixel", "foot", "Sixel"),
        ("silent", "xterm-256color", "half blocks: this terminal is not known"),
    ],
)
def test_the_doctor_says_what_it_found(
    emulator: Callable[..., Emulator], kind: str, term: str, seen: str
) -> None:
    code = (
        "from dltutor.cli.doctor import show, terminal as checks;"
        "[show(found, colour=False) for found in checks.terminal()]"
    )
    one = emulator(kind, TERM=term, size=(160, 40), program=("-c", code))
    assert one.finish() == 0
    assert seen in one.text


# -- screens ----------------------------------------------------------------------------------------


def opened(one: Emulator) -> None:
    one.until("Gallery")
    one.child.send("/")
    one.until("a chapter, a lesson")
    one.child.send("gallery")
    one.until("▸ Gallery")
    one.child.send("\r")
    one.until("Show")
    one.child.send("d")
    one.until("all there")


def test_the_screens_in_kitty(emulator: Callable[..., Emulator], gallery: None) -> None:
    settings.save(welcomed=True)
    kitty = emulator("kitty", TERM="xterm-kitty")
    opened(kitty)
    (keys, pixels), *_ = received(kitty.commands)
    assert len(pixels) == 3 * int(keys["s"]) * int(keys["v"])
    # the frame that places it may still be on its way
    kitty.until(lambda: kitty.text.count(PLACE) == int(keys["c"]) * int(keys["r"]))
    number = int(keys["i"])
    ink = f"38;2;{number >> 16};{number >> 8 & 255};{number & 255}".encode()
    assert ink in kitty.raw
    before = len(received(kitty.commands))
    kitty.child.send("\x1b[C")  # another grey: another picture
    kitty.until(lambda: len(received(kitty.commands)) > before)
    kitty.child.send("\x11")
    assert kitty.finish() == 0
    # the terminal is asked to forget them, and was never asked to answer
    gone = {keys["i"] for keys, _ in kitty.commands if keys.get("a") == "d"}
    assert gone == {keys["i"] for keys, _ in received(kitty.commands)}
    assert all(keys.get("q") == "2" for keys, _ in kitty.commands if keys.get("a") != "q")
    assert kitty.raw.rindex(b"\x1b_G") < kitty.raw.rindex(b"\x1b[?1049l")


def squares(grey: int, wide: int, high: int) -> dict[tuple[int, int], Colour]:
    """The picture of the gallery in a room of so many pixels, as Sixel can show it."""
    factor = min(wide // 4, high // 2)
    parts = [(100 * (g // 2 * 2 * 255 // 254) + 127) // 255 for g in (grey, 0, 255, 128)]
    return {(x, y): (parts[x // factor],) * 3 for x in range(4 * factor) for y in range(2 * factor)}


def test_the_screens_in_a_sixel_terminal(emulator: Callable[..., Emulator], gallery: None) -> None:
    settings.save(welcomed=True)
    foot = emulator("sixel", TERM="foot", size=(100, 30))
    opened(foot)
    glass = foot.screen
    foot.until(lambda: bool(glass.pixels) and not glass.half_blocks())
    seen = glass.picture()
    wide, high = max(x for x, _ in seen) + 1, max(y for _, y in seen) + 1
    assert wide >= 40 * CELL[0]
    assert seen == squares(200, wide, high)
    foot.child.send("\x1b[C" * 8)  # another grey: another picture in its place
    foot.until(lambda: glass.picture() == squares(208, wide, high) != seen)
    foot.child.send("?")  # a panel over it: half blocks of other colours, no pixels over the panel
    foot.until("Everywhere")
    foot.until(lambda: not glass.pixels)
    assert glass.half_blocks()
    foot.child.send("\x1b")
    foot.until(lambda: glass.picture() == squares(208, wide, high))
    assert not glass.half_blocks()
    # what changes elsewhere does not have it painted again
    foot.still()
    painted = len(SIXEL.findall(foot.raw))
    before = foot.text
    foot.child.send("\x1b[B")
    foot.until(lambda: foot.text != before)
    foot.still()
    assert len(SIXEL.findall(foot.raw)) == painted
    # a smaller window: another size, and nothing of the old one stays
    foot.child.setwinsize(20, 60)
    foot.screen.resize(20, 60)
    glass.pixels.clear()
    foot.until(lambda: bool(glass.pixels) and not glass.half_blocks())
    seen = glass.picture()
    wide, high = max(x for x, _ in seen) + 1, max(y for _, y in seen) + 1
    assert seen == squares(208, wide, high)
    foot.child.send("\x11")
    assert foot.finish() == 0
    assert foot.raw.rindex(b"\x1bP0;1q") < foot.raw.rindex(b"\x1b[?1049l")


def test_a_picture_that_scrolls_is_painted_where_it_stops(
    emulator: Callable[..., Emulator], gallery: None, tmp_path: Path
) -> None:
    """In a lesson: a part of it above the lower edge, then all of it, then a part below the top."""
    lessons = tmp_path / "site" / "gallery" / "lessons" / "en"
    lessons.mkdir(parents=True)
    some = "\n\n".join(f"Line {n}." for n in range(20))
    (lessons / "01-long.md").write_text(
        f'+++\ntitle = "Long"\nminutes = 1\ngoals = ["Scroll"]\n+++\n\n{some}\n\n'
        f"```demo show\n```\n\n{some}\n"
    )
    settings.save(welcomed=True)
    foot = emulator("sixel", TERM="foot", size=(80, 24))
    foot.until("Gallery")
    foot.child.send("/")
    foot.until("a chapter, a lesson")
    foot.child.send("gallery")
    foot.until("▸ Gallery")
    foot.child.send("\r")
    foot.until("Show")
    foot.child.send("\r")
    foot.until("Line 1.")
    glass = foot.screen
    heights = []
    for _ in range(40):
        foot.child.send("\x1b[B" * 3)
        foot.still()
        assert not glass.half_blocks()
        rows = [y for _, y in glass.pixels]
        if not rows:
            if heights:
                break
            continue
        heights.append(max(rows) - min(rows) + 1)
        picture = glass.picture()
        wide, high = max(x for x, _ in picture) + 1, max(y for _, y in picture) + 1
        whole = squares(200, wide, 10**6)
        assert picture.items() <= whole.items()
        assert len(picture) == wide * high
    most = max(heights)
    assert most > 3
    assert heights[0] < most > heights[-1], heights
    foot.child.send("\x11")
    assert foot.finish() == 0


@pytest.mark.parametrize("delay", [0, 8])
def test_a_late_answer_presses_no_keys(
    emulator: Callable[..., Emulator], gallery: None, delay: int
) -> None:
    """The answer of a slow terminal ends in a c, which would open the first lesson."""
    settings.save(welcomed=True)
    slow = emulator("sixel", TERM="foot", delay=delay)
    opened(slow)
    assert "\N{REPLACEMENT CHARACTER}" not in slow.text
    slow.child.send("\x1b")
    slow.until("Show")
    slow.child.send("\x11")
    assert slow.finish() == 0


def test_the_screens_where_nothing_answers(
    emulator: Callable[..., Emulator], gallery: None
) -> None:
    settings.save(welcomed=True)
    mute = emulator("silent", TERM="foot")
    opened(mute)
    assert received(mute.commands) == []
    assert PLACE not in mute.text
    mute.child.send("\x11")
    assert mute.finish() == 0


# -- the protocols ----------------------------------------------------------------------------------


def test_pictures_fit_their_cells() -> None:
    for wide, high, columns, rows in [
        (28, 28, 40, 14), (28, 28, 1, 1), (1, 500, 80, 20), (500, 1, 80, 20), (3000, 2000, 60, 20),
    ]:  # fmt: skip
        view, c, r = fitted(picture(wide, high), columns, rows, (9, 18))
        assert 1 <= c <= columns
        assert 1 <= r <= rows
        assert view.width * view.height <= max(MOST, columns * 9 * rows * 18)
        if wide == high == 28 and columns == 40:
            assert (view.width, c, r) == (252, 28, 14)


def test_a_picture_is_sent_once_and_the_oldest_goes() -> None:
    from dltutor.drawing import kitty as module

    sent: list[str] = []
    kitty = Kitty(sent.append, (10, 20))
    first = kitty.lines(picture(8, 8), 20, 10)
    assert kitty.lines(picture(8, 8), 20, 10) == first
    assert len(sent) == 1
    assert [width(line[0].text) for line in first] == [20] * 10
    assert len(set(MARKS)) == 297
    for n in range(module.KEPT):
        kitty.lines(Picture(width=1, height=1, pixels=bytes([n])), 4, 2)
    assert sum("a=d,d=I" in text for text in sent) == 1
    kitty.clear()
    assert sum("a=d,d=I" in text for text in sent) == module.KEPT + 1


def test_the_lines_of_a_picture_are_as_many_as_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "graphics", Kitty(lambda _: None, (10, 20)))
    lines = draw_lines(picture(28, 28), 30, 10, depth=24)
    assert len(lines) <= 10
    assert PLACE in lines[0][0].text
    # without colour there is no way to name a picture
    assert PLACE not in draw_lines(picture(28, 28), 30, 10, depth=0)[0][0].text


def decoded(data: str) -> tuple[int, int, dict[tuple[int, int], tuple[int, ...]]]:
    """A Sixel picture back to pixels, by the rules of the VT340's manual."""
    body = data.removeprefix("\x1bP0;1q").removesuffix("\x1b\\")
    palette: dict[int, tuple[int, ...]] = {}
    pixels: dict[tuple[int, int], tuple[int, ...]] = {}
    wide = high = x = y = colour = 0
    for token in re.finditer(r'"([\d;]+)|#([\d;]+)|!(\d+)([?-~])|([$-])|([?-~])', body):
        raster, select, count, repeated, move, one = token.groups()
        if raster:
            _, _, wide, high = map(int, raster.split(";"))
        elif select:
            first, *rest = map(int, select.split(";"))
            colour = first
            if rest:
                palette[first] = tuple(rest[1:])
        elif move == "$":
            x = 0
        elif move == "-":
            x, y = 0, y + 6
        else:
            bits, count_ = ord(repeated or one) - 63, int(count or 1)
            for column, bit in product(range(x, x + count_), range(6)):
                if bits >> bit & 1:
                    assert (column, y + bit) not in pixels
                    pixels[column, y + bit] = palette[colour]
            x += count_
    return wide, high, pixels


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("size", [(1, 1), (7, 13), (64, 40)])
def test_sixels_decode_to_the_picture(size: tuple[int, int], channels: int) -> None:
    view = picture(*size, channels)
    wide, high, pixels = decoded(sixel(view))
    assert (wide, high) == size
    assert len(pixels) == wide * high
    rgb = in_rgb(view)
    exact = channels == 1 or wide * high <= 256
    worst = 0.0
    for (x, y), percent in pixels.items():
        at = 3 * (y * wide + x)
        worst = max(
            worst,
            *(abs(p * 2.55 - v) for p, v in zip(percent, rgb[at : at + 3], strict=True)),
        )
    # a step of brightness, or of the palette that 256 colours leave
    assert worst <= (3.0 if exact else 53.0)


def test_sixels_are_enlarged_sharply_and_thinned_out() -> None:
    assert at_size(picture(28, 28), 300, 280).width == 280
    small = at_size(picture(600, 300, 3), 100, 100)
    assert (small.width, small.height, small.channels) == (100, 50, 3)
    assert sampled(Picture(width=2, height=1, pixels=b"ab"), 4, 2).pixels == b"aabbaabb"


@given(
    spots=st.sets(st.tuples(st.integers(0, 7), st.integers(0, 5))),
    pictures=st.lists(st.integers(1, 2), min_size=8, max_size=8),
)
def test_rectangles_of_cells_cover_each_of_them_once(
    spots: set[tuple[int, int]], pictures: list[int]
) -> None:
    """Whatever lies over a picture, and where another begins beside it."""
    cells = {(x, y): Cell(Place(pictures[x], x + 3, y + 5), "49") for x, y in spots}
    found = list(boxes(cells))
    covered = [
        ((box.x + x, box.y + y), box.cell.place._replace(
            column=box.cell.place.column + x, row=box.cell.place.row + y
        ))
        for box in found
        for x, y in product(range(box.wide), range(box.high))
    ]  # fmt: skip
    assert len(covered) == len(cells)
    assert {spot: cell.place for spot, cell in cells.items()} == dict(covered)


def test_a_whole_picture_is_one_rectangle() -> None:
    cells = {(x + 4, y + 2): Cell(Place(7, x, y), "49") for x, y in product(range(9), range(5))}
    assert list(boxes(cells)) == [Box(4, 2, 9, 5, Cell(Place(7, 0, 0), "49"))]
