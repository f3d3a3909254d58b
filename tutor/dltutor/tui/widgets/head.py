"""The top line: where one is, and how far."""

from __future__ import annotations

from textual.strip import Strip
from textual.widget import Widget

from dltutor.drawing.inks import Line, Span
from dltutor.tui.widgets.lines import strip_of
from dltutor.tui.widgets.menu import fitted


class Head(Widget):
    """A title at the left, what matters at the right."""

    DEFAULT_CSS = """
    Head { height: 1; dock: top; padding: 0 1; }
    """

    def __init__(self, left: str = "", right: Line | None = None) -> None:
        super().__init__()
        self.left = left
        self.right: Line = right or []

    def say(self, left: str, right: str | Line = "") -> None:
        self.left = left
        self.right = [Span(right, "muted")] if isinstance(right, str) else right
        self.refresh()

    def render_line(self, y: int) -> Strip:  # noqa: ARG002
        line = fitted([Span(" " + self.left, "title")], [*self.right, Span(" ")], self.size.width)
        strip = strip_of(line, self.app.theme, self.rich_style)
        return strip.extend_cell_length(self.size.width, self.rich_style).crop(0, self.size.width)
