"""Pictures as Sixel: bands of six rows of pixels, a colour at a time."""

from __future__ import annotations

import re
from itertools import product

from dltutor.drawing.pixels import enlarged, in_rgb, sampled
from dltutor.views import Picture

_RUN = re.compile(rb"(.)\1{3,}", re.DOTALL)
# the order in which thresholds are spread over 4 x 4 pixels (Bayer 1973)
_BAYER = (0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5)
_LEVELS = (6, 7, 6)
"""of red, green and blue, where a picture has more colours than the 256 that terminals keep"""


def at_size(view: Picture, wide: int, high: int) -> Picture:
    """The picture in at most so many pixels: enlarged by a whole factor, or thinned out."""
    scale = min(wide / view.width, high / view.height)
    if scale >= 1:
        return enlarged(view, int(scale))
    return sampled(view, max(1, int(view.width * scale)), max(1, int(view.height * scale)))


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
