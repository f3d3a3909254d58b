"""Paints pictures by Sixel over the half blocks that stand for them, once these stand still.

Sixel knows no cells: a picture is drawn at the cursor, over whatever is there, and whatever is
written there later takes its place. So every frame is read as it goes to the terminal: which cells
of pictures it wrote. Where none has come for a moment they are painted; while a page scrolls or a
film runs the half blocks are what is seen, and the line to the terminal stays free.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from rich.control import Control
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.strip import Strip

from dltutor.drawing.inks import Place

if TYPE_CHECKING:
    from textual.timer import Timer

    from dltutor.drawing.sixel import Sixels
    from dltutor.tui.app import TutorApp

STILL = 0.08
"""seconds without a new frame of a picture before it is painted"""
KEY = "picture"

Spot = tuple[int, int]
"""column and row on the screen"""


class Cell(NamedTuple):
    """What a cell of the screen stands for."""

    place: Place
    paper: str
    """what is behind the picture, where that does not reach"""


class Box(NamedTuple):
    """A part of a picture as it stands on the screen."""

    x: int
    y: int
    wide: int
    high: int
    cell: Cell
    """at the top left"""


@lru_cache(maxsize=8192)
def placed(place: Place, style: Style, base: Style) -> Style:
    """The look of a half block that is the place of a picture."""
    return style + Style(meta={KEY: (*place, _colour(style), _paper(base))})


def _colour(style: Style) -> str:
    return style.color.name if style.color is not None else ""


def _paper(style: Style) -> str:
    triplet = style.bgcolor and style.bgcolor.triplet
    return f"48;2;{triplet.red};{triplet.green};{triplet.blue}" if triplet else "49"


class Painter:
    def __init__(self, app: TutorApp, pictures: Sixels) -> None:
        self.app, self.pictures = app, pictures
        self._bare: dict[Spot, Cell] = {}
        """cells of pictures that show half blocks"""
        self._timer: Timer | None = None
        self._busy = self._again = False

    def wrote(self, update: object) -> None:
        """A frame has gone to the terminal."""
        touched = False
        for x, y, strip in written(update):
            end = x + strip.cell_length
            if self._bare:
                for column in range(x, end):
                    self._bare.pop((column, y), None)
            for segment in strip:
                style = segment.style
                if style is not None and style._meta is not None:
                    found = style.meta.get(KEY)
                    # one in other colours lies below a panel, or is selected
                    if found is not None and found[3] == _colour(style):
                        self._bare[x, y] = Cell(Place(*found[:3]), found[4])
                        touched = True
                x += segment.cell_length
        if touched:
            self._wait()

    def _wait(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.app.set_timer(STILL, self._paint)

    def _paint(self) -> None:
        self._again = self._busy
        if self._bare and not self._busy:
            self._busy = True
            # below the last line a terminal would scroll
            cells = {
                spot: c for spot, c in self._bare.items() if spot[1] < self.app.size.height - 1
            }
            self.app.run_worker(
                lambda: self._encode(list(boxes(cells))), thread=True, group="pictures"
            )

    def _encode(self, found: list[Box]) -> None:
        done = []
        for box in found:
            number, column, row = box.cell.place
            data = self.pictures.encoded(number, column, row, column + box.wide, row + box.high)
            done.append((box, data))
        if self.app.is_running:
            self.app.call_from_thread(self._put, done)

    def _put(self, done: list[tuple[Box, str]]) -> None:
        """Writes what is still wanted; what has come meanwhile has its own turn."""
        self._busy = False
        if self._again:
            self._wait()
        parts = []
        for box, data in done:
            spots = list(_spots(box))
            if data and all(self._bare.get(spot) == cell for spot, cell in spots):
                for spot, _ in spots:
                    del self._bare[spot]
                blank = f"\x1b[{box.cell.paper}m{' ' * box.wide}"
                rows = range(box.y, box.y + box.high)
                parts += [f"{_at(box.x, y)}{blank}" for y in rows]
                parts.append(f"\x1b[0m{_at(box.x, box.y)}{data}")
        if parts and self.app._driver is not None:
            self.app._driver.write("\x1b7" + "".join(parts) + "\x1b8")
            self.app._driver.flush()


def _at(x: int, y: int) -> str:
    return Control.move_to(x, y).segment.text


def _spots(box: Box) -> Iterator[tuple[Spot, Cell]]:
    (number, column, row), paper = box.cell
    for y in range(box.high):
        for x in range(box.wide):
            yield (box.x + x, box.y + y), Cell(Place(number, column + x, row + y), paper)


def written(update: object) -> Iterator[tuple[int, int, Strip]]:
    """The strips of a frame with the column and the row where they begin."""
    if isinstance(update, LayoutUpdate):
        for y, strips in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in strips:
                yield x, y, strip
                x += strip.cell_length
    elif isinstance(update, ChopsUpdate):
        for y, first, last in update.spans:
            for end, (x, chop) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
                if chop is not None and x <= last and end > first:
                    yield x, y, chop if end <= last else chop.crop(0, last - x)


def boxes(cells: dict[Spot, Cell]) -> Iterator[Box]:
    """As few rectangles as the cells of pictures make."""
    open_: dict[tuple[int, int, int], Box] = {}
    for box in _rows(cells):
        number, column, row = box.cell.place
        key = (box.x, box.wide, number)
        above = open_.get(key)
        if above is not None and above.y + above.high == box.y:
            _, first, top = above.cell.place
            if (first, top + above.high) == (column, row) and above.cell.paper == box.cell.paper:
                open_[key] = above._replace(high=above.high + 1)
                continue
        if above is not None:
            yield above
        open_[key] = box
    yield from open_.values()


def _rows(cells: dict[Spot, Cell]) -> Iterator[Box]:
    box: Box | None = None
    for x, y in sorted(cells, key=lambda spot: spot[::-1]):
        cell = cells[x, y]
        if box is not None and (box.y, box.x + box.wide) == (y, x):
            number, column, row = box.cell.place
            if cell == Cell(Place(number, column + box.wide, row), box.cell.paper):
                box = box._replace(wide=box.wide + 1)
                continue
        if box is not None:
            yield box
        box = Box(x, y, 1, 1, cell)
    if box is not None:
        yield box
