"""Pictures as Sixel: bands of six rows of pixels, a colour at a time."""

from __future__ import annotations

import hashlib
import re
import threading
from collections import OrderedDict
from functools import lru_cache
from itertools import count, product

from dltutor.drawing.inks import Line, Place, Span
from dltutor.drawing.pixels import enlarged, in_rgb, sampled, thinned
from dltutor.views import Picture

KEPT = 100
"""pictures that are kept to be painted; the one not drawn for longest goes first"""

_RUN = re.compile(rb"(.)\1{3,}", re.DOTALL)
# the order in which thresholds are spread over 4 x 4 pixels (Bayer 1973)
_BAYER = (0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5)
_LEVELS = (6, 7, 6)
"""of red, green and blue, where a picture has more colours than the 256 that terminals keep"""


def size_in(view: Picture, wide: int, high: int) -> tuple[int, int]:
    """How large a picture is in at most so many pixels: a whole factor larger, or smaller."""
    scale = min(wide / view.width, high / view.height)
    if scale >= 1:
        return view.width * int(scale), view.height * int(scale)
    return max(1, int(view.width * scale)), max(1, int(view.height * scale))


def at_size(view: Picture, wide: int, high: int) -> Picture:
    """The picture in at most so many pixels: enlarged by a whole factor, or thinned out."""
    wide, high = size_in(view, wide, high)
    if wide >= view.width:
        return enlarged(view, wide // view.width)
    return sampled(view, wide, high)


def sixel(view: Picture) -> str:
    """The whole picture as one escape sequence, drawn from the cursor on."""
    indexes, palette = _indexed(view)
    parts = [f'\x1bP0;1q"1;1;{view.width};{view.height}'.encode()]
    parts += [
        b"#%d;2;%d;%d;%d" % (n, *((100 * part + 127) // 255 for part in colour))
        for n, colour in enumerate(palette)
    ]
    for top in range(0, view.height, 6):
        rows = [
            indexes[y * view.width : (y + 1) * view.width]
            for y in range(top, min(top + 6, view.height))
        ]
        bands = []
        for n in sorted(set().union(*rows)):
            # each row as 0 and 1 for this colour; the six rows together are the bits of a sixel
            table = bytes(int(i == n) for i in range(256))
            total = sum(
                int.from_bytes(row.translate(table), "big") << bit for bit, row in enumerate(rows)
            )
            sixels = total.to_bytes(view.width, "big").translate(_AS_TEXT)
            bands.append(b"#%d" % n + _RUN.sub(_counted, sixels))
        parts.append(b"$".join(bands) + (b"-" if top + 6 < view.height else b""))
    return (b"".join(parts) + b"\x1b\\").decode("ascii")


_AS_TEXT = bytes(63 + i if i < 64 else 63 for i in range(256))


def _counted(match: re.Match[bytes]) -> bytes:
    return b"!%d%c" % (len(match[0]), match[1][0])


def _indexed(view: Picture) -> tuple[bytes, list[tuple[int, int, int]]]:
    """For each pixel the number of its colour, and the colours."""
    if view.channels == 1:
        # 128 greys: more than the hundred steps that the protocol knows
        table = bytes(i >> 1 for i in range(256))
        greys = [2 * i * 255 // 254 for i in range(128)]
        return view.pixels.translate(table), [(grey, grey, grey) for grey in greys]
    data = in_rgb(view)
    pixels = list(zip(data[0::3], data[1::3], data[2::3], strict=True))
    colours = set(pixels)
    if len(colours) <= 256:
        palette = sorted(colours)
        number = {colour: n for n, colour in enumerate(palette)}
        return bytes(number[p] for p in pixels), palette
    r, g, b = _LEVELS
    palette = [
        (255 * i // (r - 1), 255 * j // (g - 1), 255 * k // (b - 1))
        for i, j, k in product(range(r), range(g), range(b))
    ]
    out = bytearray()
    for i, (red, green, blue) in enumerate(pixels):
        y, x = divmod(i, view.width)
        more = (_BAYER[4 * (y & 3) + (x & 3)] * 2 + 1) * 255 // 32
        out.append(
            (((red * (r - 1) + more) // 255) * g + (green * (g - 1) + more) // 255) * b
            + (blue * (b - 1) + more) // 255
        )
    return bytes(out), palette


class Sixels:
    """Pictures on a screen that is drawn anew all the time.

    A sixel picture is no text: what is written over it is gone, and it does not scroll. So the
    lines hold half blocks that know what they stand for, and who shows them paints over them.
    """

    def __init__(self, cell: tuple[int, int]) -> None:
        self.cell = cell
        self._known: OrderedDict[tuple[bytes, tuple[int, int]], tuple[int, Picture]] = OrderedDict()
        self._numbers = count(1)
        self._lock = threading.Lock()
        self.encoded = lru_cache(maxsize=32)(self._encoded)

    def lines(self, view: Picture, columns: int, rows: int) -> list[Line]:
        """The picture in at most so many cells."""
        from dltutor.drawing.pictures import resized

        view = thinned(view)
        size = size_in(view, columns * self.cell[0], rows * self.cell[1])
        number = self._number(view, size)
        columns, rows = -(-size[0] // self.cell[0]), -(-size[1] // self.cell[1])
        halves = resized(view, columns, 2 * rows)
        return [
            [
                Span("▀", upper, lower, Place(number, x, y))
                for x, (upper, lower) in enumerate(zip(*halves[2 * y : 2 * y + 2], strict=True))
            ]
            for y in range(rows)
        ]

    def _number(self, view: Picture, size: tuple[int, int]) -> int:
        shape = b"%d %d " % (view.width, view.height)
        key = (hashlib.sha256(shape + view.pixels).digest(), size)
        with self._lock:
            number = self._known.pop(key, (0, view))[0] or next(self._numbers)
            self._known[key] = number, view
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
        return number

    def _encoded(self, number: int, left: int, top: int, right: int, bottom: int) -> str:
        """These cells of a picture as an escape sequence; empty where it is not kept any more."""
        with self._lock:
            found = [(v, size) for (_, size), (n, v) in self._known.items() if n == number]
        if not found:
            return ""
        wide, high = self.cell
        whole = at_size(found[0][0], *found[0][1])
        return sixel(cut(whole, left * wide, top * high, right * wide, bottom * high))

    def clear(self) -> None:
        with self._lock:
            self._known.clear()
        self.encoded.cache_clear()


def cut(view: Picture, left: int, top: int, right: int, bottom: int) -> Picture:
    """A part of a picture, as far as the picture goes."""
    right, bottom = min(right, view.width), min(bottom, view.height)
    across, channels = view.width * view.channels, view.channels
    rows = [
        view.pixels[y * across + left * channels : y * across + right * channels]
        for y in range(top, bottom)
    ]
    return Picture(width=right - left, height=bottom - top, pixels=b"".join(rows))
