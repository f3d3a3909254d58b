"""Pictures made as large as their cells, for terminals that show pixels."""

from __future__ import annotations

from dltutor.views import Picture

MOST = 1_000_000
"""pixels of a picture that is sent; of a larger one every nth row and column is"""


def fitted(
    view: Picture, columns: int, rows: int, cell: tuple[int, int]
) -> tuple[Picture, int, int]:
    """The picture at the size of so many cells at most, and the cells that it fills.

    Enlarged by a whole factor with sharp edges, since the pixels are what is to be seen; a
    picture that is too large keeps its pixels, and the terminal makes it smaller.
    """
    view = thinned(view)
    scale = min(columns * cell[0] / view.width, rows * cell[1] / view.height)
    if scale >= 1:
        view = enlarged(view, int(scale))
        scale = 1
    wide, high = view.width * scale, view.height * scale
    return (
        view,
        min(columns, max(1, -(-int(wide) // cell[0]))),
        min(rows, max(1, -(-int(high) // cell[1]))),
    )


def thinned(view: Picture) -> Picture:
    step = 1
    while view.width * view.height // step**2 > MOST:
        step += 1
    return view if step == 1 else sampled(
        view, max(1, view.width // step), max(1, view.height // step)
    )  # fmt: skip


def enlarged(view: Picture, factor: int) -> Picture:
    """Every pixel ``factor`` times in both directions."""
    if factor <= 1:
        return view
    across, channels = view.width * view.channels, view.channels
    data = bytearray()
    for y in range(view.height):
        row = view.pixels[y * across : (y + 1) * across]
        data += (
            b"".join(row[x : x + channels] * factor for x in range(0, across, channels)) * factor
        )
    return Picture(width=view.width * factor, height=view.height * factor, pixels=bytes(data))


def sampled(view: Picture, wide: int, high: int) -> Picture:
    """The nearest pixels, at another size."""
    across, channels = view.width * view.channels, view.channels
    places = [x * view.width // wide * channels for x in range(wide)]
    data = bytearray()
    for y in range(high):
        start = y * view.height // high * across
        row = view.pixels[start : start + across]
        data += b"".join(row[x : x + channels] for x in places)
    return Picture(width=wide, height=high, pixels=bytes(data))


def in_rgb(view: Picture) -> bytes:
    """Three bytes a pixel."""
    if view.channels == 3:
        return view.pixels
    data = bytearray(3 * len(view.pixels))
    for channel in range(3):
        data[channel::3] = view.pixels
    return bytes(data)
