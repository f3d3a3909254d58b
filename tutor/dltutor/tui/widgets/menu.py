"""Rows to choose from, by arrows, letters or the mouse."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from dltutor.drawing.inks import Line, Span
from dltutor.text import pad, shorten, width
from dltutor.tui.themes import style_of
from dltutor.tui.widgets.lines import Lined, strip_of


@dataclass(slots=True)
class Row:
    """One row. ``left`` may be shortened to fit, ``right`` stands at the right edge."""

    left: Line
    right: Line = field(default_factory=list)
    value: Any = None
    """what was chosen; a row without a value is a heading or a space"""
    more: tuple[Line, ...] = ()
    """lines below the first one that belong to it"""


def fitted(row_left: Line, row_right: Line, columns: int) -> Line:
    """Left and right on one line, the left shortened where they would meet."""
    right = sum(width(s.text) for s in row_right)
    room = columns - right - (2 if right else 0)
    line: Line = []
    used = 0
    for span in row_left:
        text = shorten(span.text, room - used)
        if text:
            line.append(span._replace(text=text))
            used += width(text)
        if used >= room:
            break
    return [*line, Span(" " * max(0, columns - right - used)), *row_right]


class Menu(Lined, ScrollView):
    """Posts :class:`Menu.Chosen` when a row is entered and :class:`Menu.Moved` when the cursor moves."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "choose", show=False),
        Binding("down,j", "move(1)", "choose", show=False),
        Binding("pageup", "move(-10)", "choose", show=False),
        Binding("pagedown", "move(10)", "choose", show=False),
        Binding("home", "edge(0)", "choose", show=False),
        Binding("end", "edge(-1)", "choose", show=False),
        Binding("enter", "enter", "open"),
    ]
    DEFAULT_CSS = """
    Menu { overflow-x: hidden; overflow-y: auto; scrollbar-size-vertical: 1; }
    """

    @dataclass
    class Chosen(Message):
        menu: Menu
        value: Any

        @property
        def control(self) -> Menu:
            return self.menu

    @dataclass
    class Moved(Message):
        menu: Menu
        value: Any

        @property
        def control(self) -> Menu:
            return self.menu

    def __init__(
        self, rows: Sequence[Row] = (), *, id: str | None = None, classes: str = "", sign: str = "▸"
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.can_focus = True
        self.sign = sign
        self.rows: list[Row] = []
        self.cursor = -1
        self._place: list[tuple[int, int]] = []
        self._top: list[int] = []
        self.fill(rows)

    @property
    def value(self) -> Any:
        """What stands under the cursor."""
        return self.rows[self.cursor].value if 0 <= self.cursor < len(self.rows) else None

    def fill(self, rows: Sequence[Row], value: Any = None) -> None:
        """Replaces the rows; the cursor goes to ``value``, or stays at what it was on."""
        wanted = self.value if value is None else value
        self.rows = list(rows)
        self._place = [(i, n) for i, row in enumerate(self.rows) for n in range(1 + len(row.more))]
        self._top = []
        y = 0
        for row in self.rows:
            self._top.append(y)
            y += 1 + len(row.more)
        found = [i for i, row in enumerate(self.rows) if row.value is not None]
        same = [i for i in found if wanted is not None and self.rows[i].value == wanted]
        self.cursor = same[0] if same else (found[0] if found else -1)
        self.virtual_size = Size(0, len(self._place))
        if self.is_mounted:
            self._follow()
        self.refresh()

    def on_mount(self) -> None:
        self.virtual_size = Size(0, len(self._place))

    def render_line(self, y: int) -> Strip:
        y += self.scroll_offset.y
        wide = self.size.width
        base = self.look
        if y >= len(self._place):
            return Strip.blank(wide, base)
        index, part = self._place[y]
        row = self.rows[index]
        here = index == self.cursor
        if here and self.has_focus:
            base += style_of(self.app.theme, "on-chosen")
        columns = max(1, self.scrollable_content_region.width - 4)
        line = (
            fitted(row.more[part - 1], [], columns)
            if part
            else fitted(row.left, row.right, columns)
        )
        head = [Span(f" {self.sign} " if here and part == 0 and self.sign else "   ", "key")]
        strip = strip_of(head + line, self.app.theme, base)
        return strip.extend_cell_length(wide, base).crop(0, wide)

    def action_move(self, distance: int) -> None:
        """Moves over rows that can be chosen, stopping at the ends."""
        found = [i for i, row in enumerate(self.rows) if row.value is not None]
        if not found:
            return
        at = found.index(self.cursor) if self.cursor in found else 0
        self.go(found[min(max(at + distance, 0), len(found) - 1)])
        # beyond the ends stand rows that can not be chosen
        if at + distance < 0:
            self.scroll_home(animate=False)
        elif at + distance >= len(found):
            self.scroll_end(animate=False)

    def action_edge(self, end: int) -> None:
        found = [i for i, row in enumerate(self.rows) if row.value is not None]
        if found:
            self.go(found[end])
        self.scroll_end(animate=False) if end else self.scroll_home(animate=False)

    def go(self, index: int) -> None:
        """Puts the cursor on a row."""
        if index == self.cursor:
            return
        self.cursor = index
        self._follow()
        self.refresh()
        self.post_message(self.Moved(self, self.value))

    def _follow(self) -> None:
        if 0 <= self.cursor < len(self.rows):
            top = self._top[self.cursor]
            # the heading above the first row comes along
            above = (
                top
                if self.cursor and any(r.value is not None for r in self.rows[: self.cursor])
                else 0
            )
            high = 1 + len(self.rows[self.cursor].more)
            self.scroll_to_region(
                Region(0, above, 1, top - above + high), animate=False, immediate=True, force=True
            )

    def action_enter(self) -> None:
        if self.value is not None:
            self.post_message(self.Chosen(self, self.value))

    def _row_at(self, event: events.MouseEvent) -> int:
        y = event.y + self.scroll_offset.y
        return self._place[y][0] if 0 <= y < len(self._place) else -1

    def on_click(self, event: events.Click) -> None:
        index = self._row_at(event)
        if index >= 0 and self.rows[index].value is not None:
            self.focus()
            self.go(index)
            self.action_enter()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self.refresh()


Render = Callable[[int], Line]


def column(text: str, columns: int, *, right: bool = False) -> str:
    """A cell of a row: exactly so many columns."""
    return pad(shorten(text, columns), columns, "right" if right else "left")
