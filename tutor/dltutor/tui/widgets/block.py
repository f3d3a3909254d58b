"""Lines as high as they are: parts of a page that scrolls as a whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from dltutor.drawing.inks import Line
from dltutor.tui.widgets.lines import Lined, strip_of

Make = Callable[[int], Sequence[Line]]


class Block(Lined, Widget):
    """Shows the lines that ``make`` gives for its width."""

    DEFAULT_CSS = """
    Block { height: auto; width: 1fr; }
    """

    def __init__(
        self, make: Make | None = None, *, id: str | None = None, classes: str = ""
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._make: Make = make or (lambda _: ())
        self._lines: Sequence[Line] = ()
        self._columns = -1

    def show(self, make: Make) -> None:
        self._make = make
        self._columns = -1
        height = self.styles.height
        # laying everything out again takes longer than drawing: only where the height may change
        self.refresh(layout=height is None or height.is_auto)

    def lines_at(self, columns: int) -> Sequence[Line]:
        if columns != self._columns:
            self._columns = columns
            self._lines = self._make(max(8, columns))
        return self._lines

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        return len(self.lines_at(width))

    def render_line(self, y: int) -> Strip:
        wide = self.size.width
        base = self.look
        lines = self.lines_at(wide)
        if y >= len(lines):
            return Strip.blank(wide, base)
        line = lines[y]
        strip = strip_of(line, self.app.theme, base)
        return strip.extend_cell_length(wide, base).crop(0, wide)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self.refresh()

    def plain(self) -> str:
        """The text, as it stands."""
        return "\n".join("".join(s.text for s in line).rstrip() for line in self._lines)
