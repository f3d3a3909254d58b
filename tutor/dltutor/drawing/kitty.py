"""Pictures by Kitty's graphics protocol, in the place of characters.

The picture is sent once; then characters of a private kind, coloured with its number, stand
for its cells. They scroll, are cut and are covered like any other text, so nothing has to be
cleaned up. See https://sw.kovidgoyal.net/kitty/graphics-protocol/#unicode-placeholders
"""

from __future__ import annotations

import base64
import hashlib
import random
import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from dltutor.drawing.inks import Line, Span
from dltutor.drawing.pixels import fitted, in_rgb
from dltutor.views import Picture

PLACE: Final = "\U0010eeee"
KEPT = 200
"""pictures that the terminal keeps for us; the one not shown for longest goes first"""
CHUNK = 4096

# the marks that number rows and columns, in the protocol's order
_RANGES = (
    "305 30d-30e 310 312 33d-33f 346 34a-34c 350-352 357 35b 363-36f 483-487 592-595 597-599 "
    "59c-5a1 5a8-5a9 5ab-5ac 5af 5c4 610-617 657-65b 65d-65e 6d6-6dc 6df-6e2 6e4 6e7-6e8 6eb-6ec "
    "730 732-733 735-736 73a 73d 73f-741 743 745 747 749-74a 7eb-7f1 7f3 816-819 81b-823 825-827 "
    "829-82d 951 953-954 f82-f83 f86-f87 135d-135f 17dd 193a 1a17 1a75-1a7c 1b6b 1b6d-1b73 "
    "1cd0-1cd2 1cda-1cdb 1ce0 1dc0-1dc1 1dc3-1dc9 1dcb-1dcc 1dd1-1de6 1dfe 20d0-20d1 20d4-20d7 "
    "20db-20dc 20e1 20e7 20e9 20f0 2cef-2cf1 2de0-2dff a66f a67c-a67d a6f0-a6f1 a8e0-a8f1 aab0 "
    "aab2-aab3 aab7-aab8 aabe-aabf aac1 fe20-fe26 10a0f 10a38 1d185-1d189 1d1aa-1d1ad 1d242-1d244"
)
MARKS: Final = [
    chr(code)
    for part in _RANGES.split()
    for code in range(int(part.split("-")[0], 16), int(part.split("-")[-1], 16) + 1)
]


class Kitty:
    """Sends pictures through ``write`` and gives the lines that stand for them."""

    def __init__(self, write: Callable[[str], object], cell: tuple[int, int]) -> None:
        self.write, self.cell = write, cell
        self._known: OrderedDict[tuple[bytes, int, int], int] = OrderedDict()
        self._lock = threading.Lock()

    def lines(self, view: Picture, columns: int, rows: int) -> list[Line]:
        """The picture in at most so many cells."""
        picture, wide, high = fitted(
            view, min(columns, len(MARKS)), min(rows, len(MARKS)), self.cell
        )
        number = self._number(picture, wide, high)
        ink = (number >> 16, number >> 8 & 255, number & 255)
        return [
            [Span("".join(PLACE + MARKS[y] + MARKS[x] for x in range(wide)), ink)]
            for y in range(high)
        ]

    def _number(self, picture: Picture, wide: int, high: int) -> int:
        """The number under which the terminal has this picture; sends it if it has not."""
        shape = b"%d %d " % (picture.width, picture.height)
        key = (hashlib.sha256(shape + picture.pixels).digest(), wide, high)
        with self._lock:
            number = self._known.pop(key, 0)
            if not number:
                # apart from each other in every part, so that a tinted one is no other
                number = random.randrange(1 << 16, 1 << 24)
                self.write(sent(picture, number, wide, high))
            self._known[key] = number
            while len(self._known) > KEPT:
                self.write(f"\x1b_Ga=d,d=I,i={self._known.popitem(last=False)[1]},q=2\x1b\\")
        return number

    def clear(self) -> None:
        """Has the terminal forget every picture."""
        with self._lock:
            for number in self._known.values():
                self.write(f"\x1b_Ga=d,d=I,i={number},q=2\x1b\\")
            self._known.clear()


def sent(picture: Picture, number: int, wide: int, high: int) -> str:
    """The commands that give a terminal a picture. It answers nothing (``q=2``), right or wrong."""
    data = base64.b64encode(zlib.compress(in_rgb(picture), 6)).decode("ascii")
    chunks = [data[i : i + CHUNK] for i in range(0, len(data), CHUNK)]
    head = (
        f"a=T,U=1,q=2,f=24,o=z,t=d,i={number},s={picture.width},v={picture.height},"
        f"c={wide},r={high}"
    )
    parts = []
    for index, chunk in enumerate(chunks):
        keys = (head + "," if index == 0 else "q=2,") + f"m={int(index + 1 < len(chunks))}"
        parts.append(f"\x1b_G{keys};{chunk}\x1b\\")
    return "".join(parts)
