"""A pad to draw on, with the mouse or with keys: the text of a parameter as squares of ink."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from dltutor.drawing.inks import Line, Span
from dltutor.i18n import t
from dltutor.text import shorten, width
from dltutor.tui.widgets.lines import strip_of

PAPER, GREY, INK = ".", "+", "#"
LOOKS: Final = {PAPER: "· ", GREY: "▒▒", INK: "██"}
"""a square is two columns wide, since a line is twice as high as a column"""
BRUSHES: Final = ("soft", "ink", "grey")
UNDONE = 50


class Cells:
    """The squares of a pad."""

    def __init__(self, columns: int, rows: int, text: str = "") -> None:
        self.columns, self.rows = columns, rows
        self.marks = [[PAPER] * columns for _ in range(rows)]
        self.read(text)

    def read(self, text: str) -> None:
        """Takes a text of any size: a smaller one into the middle, of a larger one every nth mark."""
        given = text.split("|") if text else []
        high, wide = len(given), max(map(len, given), default=0)
        if not high or not wide:
            self.marks = [[PAPER] * self.columns for _ in range(self.rows)]
            return
        lines = [line.ljust(wide, PAPER) for line in given]
        down, along = max(high, self.rows), max(wide, self.columns)
        top, left = (down - high) // 2, (along - wide) // 2

        def mark(row: int, column: int) -> str:
            y, x = row * down // self.rows - top, column * along // self.columns - left
            found = lines[y][x] if 0 <= y < high and 0 <= x < wide else PAPER
            return found if found in LOOKS else PAPER

        self.marks = [[mark(y, x) for x in range(self.columns)] for y in range(self.rows)]

    @property
    def text(self) -> str:
        rows = ["".join(row) for row in self.marks]
        return "|".join(rows) if any(set(row) != {PAPER} for row in rows) else ""

    def draw(self, x: int, y: int, brush: str) -> None:
        """One touch of a brush. The soft one leaves grey on the paper around its ink."""
        if not (0 <= x < self.columns and 0 <= y < self.rows):
            return
        if brush == "grey":
            self.marks[y][x] = GREY
            return
        self.marks[y][x] = PAPER if brush == "erase" else INK
        if brush == "soft":
            for nx, ny in ((x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)):
                inside = 0 <= nx < self.columns and 0 <= ny < self.rows
                if inside and self.marks[ny][nx] == PAPER:
                    self.marks[ny][nx] = GREY


def line(x0: int, y0: int, x1: int, y1: int) -> Iterator[tuple[int, int]]:
    """The squares from one to another: a mouse that moves fast leaves some out."""
    steps = max(abs(x1 - x0), abs(y1 - y0))
    for n in range(1, steps + 1):
        yield x0 + round(n * (x1 - x0) / steps), y0 + round(n * (y1 - y0) / steps)


class Pad(Widget, can_focus=True):
    """Posts :class:`Pad.Changed` after every touch and :class:`Pad.Left` when one is done."""

    ALLOW_SELECT = False  # a stroke that leaves the pad must not select the text beside it

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "touch", "draw"),
        Binding("x", "erase", "erase"),
        Binding("c", "clear", "clear"),
        Binding("b", "brush", "brush"),
        Binding("u,ctrl+z", "undo", "undo"),
        Binding("enter", "done", "done"),
        Binding("escape", "done", "done", show=False),
        *(
            Binding(key, f"go({x}, {y})", "move", show=False)
            for key, x, y in (
                ("left,h", -1, 0), ("right,l", 1, 0), ("up,k", 0, -1), ("down,j", 0, 1),
            )
        ),
        *(
            Binding(f"shift+{key}", f"go({x}, {y}, True)", "draw along", show=False)
            for key, x, y in (("left", -1, 0), ("right", 1, 0), ("up", 0, -1), ("down", 0, 1))
        ),
    ]  # fmt: skip
    DEFAULT_CSS = """
    Pad { width: auto; height: auto; }
    """

    class Changed(Message):
        """The drawing is another one."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Left(Message):
        """The drawing is done."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.cells = Cells(2, 2)
        self.at = (0, 0)
        self.brush = BRUSHES[0]
        self._stroke = ""
        """the brush of the stroke that the mouse is drawing"""
        self._last = (0, 0)
        self._before: list[list[list[str]]] = []

    def load(self, columns: int, rows: int, text: str) -> None:
        """Another sheet of paper, with this drawing on it."""
        self.cells = Cells(columns, rows, text)
        self.at = (columns // 2, rows // 2)
        self._before = []
        self.refresh(layout=True)

    def get_content_width(self, container: Size, viewport: Size) -> int:  # noqa: ARG002
        return 2 * self.cells.columns + 2

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        return self.cells.rows + 2

    def render_line(self, y: int) -> Strip:
        wide = 2 * self.cells.columns
        row: Line
        if y == 0:
            name = {"soft": t("soft brush"), "ink": t("ink"), "grey": t("grey")}[self.brush]
            name = shorten(f" {name} ", wide - 1)
            row = [
                Span("╭─", "rule"),
                Span(name, "accent" if self.has_focus else "muted"),
                Span("─" * (wide - 1 - width(name)) + "╮", "rule"),
            ]
        elif y == self.cells.rows + 1:
            row = [Span("╰" + "─" * wide + "╯", "rule")]
        elif y <= self.cells.rows:
            row = [Span("│", "rule"), *self._squares(y - 1), Span("│", "rule")]
        else:
            row = []
        base = self.rich_style
        return strip_of(row, self.app.theme, base).extend_cell_length(self.size.width, base)

    def _squares(self, y: int) -> Line:
        line: Line = []
        for x, mark in enumerate(self.cells.marks[y]):
            if (x, y) == self.at and self.has_focus:
                # in brackets, so that what is under the cursor can still be seen
                inside = {PAPER: "[]", GREY: "[▒", INK: "[█"}[mark]
                line.append(Span(inside, "key"))
            else:
                line.append(Span(LOOKS[mark], "rule" if mark == PAPER else ""))
        return line

    # -- drawing -----------------------------------------------------------------------------------

    def _remember(self) -> None:
        self._before.append([row[:] for row in self.cells.marks])
        del self._before[:-UNDONE]

    def _changed(self) -> None:
        self.refresh()
        self.post_message(self.Changed(self.cells.text))

    def _draw(self, x: int, y: int, brush: str) -> None:
        self._remember()
        self.cells.draw(x, y, brush)
        self._changed()

    def _cursor_to(self, x: int, y: int) -> None:
        self.at = min(max(x, 0), self.cells.columns - 1), min(max(y, 0), self.cells.rows - 1)

    def action_touch(self) -> None:
        self._draw(*self.at, self.brush)

    def action_erase(self) -> None:
        self._draw(*self.at, "erase")

    def action_clear(self) -> None:
        self._remember()
        self.cells.read("")
        self._changed()

    def action_undo(self) -> None:
        if self._before:
            self.cells.marks = self._before.pop()
            self._changed()

    def action_brush(self) -> None:
        self.brush = BRUSHES[(BRUSHES.index(self.brush) + 1) % len(BRUSHES)]
        self.refresh()

    def action_done(self) -> None:
        self.post_message(self.Left())

    def action_go(self, x: int, y: int, drawing: bool = False) -> None:
        """Moves the cursor; with Shift it draws from where it was."""
        if drawing:
            self._remember()
            self.cells.draw(*self.at, self.brush)
        self._cursor_to(self.at[0] + x, self.at[1] + y)
        if drawing:
            self.cells.draw(*self.at, self.brush)
            self._changed()
        else:
            self.refresh()

    # -- the mouse ---------------------------------------------------------------------------------

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """The left button draws, the right one (or Ctrl, or Shift) erases."""
        event.stop()
        self.focus()
        if event.button not in (1, 3):
            return
        self._stroke = "erase" if event.button == 3 or event.ctrl or event.shift else self.brush
        self.capture_mouse()
        self._last = self._square(event)
        self._cursor_to(*self._last)
        self._draw(*self._last, self._stroke)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if not self._stroke:
            return
        event.stop()
        now = self._square(event)
        if now == self._last:
            return
        for x, y in line(*self._last, *now):
            self.cells.draw(x, y, self._stroke)
        self._last = now
        self._cursor_to(*now)
        self._changed()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        event.stop()
        self._finish()

    def on_mouse_release(self) -> None:
        self._stroke = ""

    def _finish(self) -> None:
        self._stroke = ""
        self.release_mouse()

    def _square(self, event: events.MouseEvent) -> tuple[int, int]:
        """The square under the mouse, which may be outside while a stroke lasts."""
        return (int(event.x) - 1) // 2, int(event.y) - 1

    def on_click(self, event: events.Click) -> None:
        event.stop()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self._finish()
        self.refresh()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self.refresh()
