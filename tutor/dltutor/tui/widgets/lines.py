"""A scrolling sheet of lines: what lessons, verdicts, logs and drawings are shown on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from dltutor.drawing.inks import Line
from dltutor.text import width
from dltutor.tui.painter import placed
from dltutor.tui.themes import style_of

if TYPE_CHECKING:
    from textual.selection import Selection


def strip_of(line: Line, theme: str, base: Style) -> Strip:
    """A line as the terminal gets it."""
    segments = []
    for text, ink, paper, place in line:
        if text:
            style = base + style_of(theme, ink, paper)
            segments.append(Segment(text, placed(place, style, base) if place else style))
    return Strip(segments, sum(width(s.text) for s in segments))


class Lined:
    """A widget of lines: works its own look out once a frame, and not once a line."""

    look = Style()

    def render_lines(self, crop: Region) -> list[Strip]:
        assert isinstance(self, Widget)
        self.look = self.rich_style
        return super().render_lines(crop)  # type: ignore[misc,no-any-return]


class Sheet(Lined, ScrollView):
    """Lines that scroll, can be selected with the mouse, and fill the width with their paper."""

    DEFAULT_CSS = """
    Sheet { overflow-x: hidden; overflow-y: auto; scrollbar-size: 0 1; scrollbar-gutter: stable; }
    """

    def __init__(
        self, lines: Sequence[Line] = (), *, id: str | None = None, classes: str = ""
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.lines: list[Line] = list(lines)
        self.can_focus = True
        self.following = False
        """stays at the end when lines are added, until somebody scrolls up"""
        self.resized: Callable[[], object] | None = None
        """called when there is another width or height to lay out for"""

    def on_mount(self) -> None:
        self.virtual_size = Size(0, len(self.lines))

    def on_resize(self) -> None:
        if self.resized is not None:
            self.resized()

    @property
    def columns(self) -> int:
        """How wide a line may be."""
        return max(8, self.scrollable_content_region.width or self.size.width)

    def show(self, lines: Sequence[Line], *, keep: bool = False, end: bool = False) -> None:
        """Replaces the lines; goes to the top, stays (``keep``) or goes to the end."""
        self.lines = list(lines)
        self.virtual_size = Size(0, len(self.lines))
        if end:
            self.following = True
            self.call_after_refresh(self.scroll_end, animate=False, immediate=True)
        elif not keep:
            self.go(0)
        self.refresh()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if new_value < old_value:
            self.following = False
        elif self.at_end:
            self.following = True

    def render_line(self, y: int) -> Strip:
        y += self.scroll_offset.y
        wide = self.size.width
        base = self.look
        if y >= len(self.lines):
            return Strip.blank(wide, base)
        theme = self.app.theme
        line = self.lines[y]
        strip = strip_of(line, theme, base)
        selection = self.text_selection
        if selection is not None and (span := selection.get_span(y)) is not None:
            strip = self._selected(strip, *span)
        return strip.extend_cell_length(wide, base).crop(0, wide).apply_offsets(0, y)

    def _selected(self, strip: Strip, start: int, end: int) -> Strip:
        text = strip.text
        end = len(text) if end == -1 else min(end, len(text))
        first, last = width(text[:start]), width(text[:end])
        look = self.screen.get_component_rich_style("screen--selection")
        before, inside, after = strip.crop(0, first), strip.crop(first, last), strip.crop(last)
        marked = Strip(list(Segment.apply_style(inside, post_style=look)), inside.cell_length)
        return Strip.join([before, marked, after])

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        return selection.extract(self.plain()), "\n"

    def selection_updated(self, selection: Selection | None) -> None:  # noqa: ARG002
        self.refresh()

    def plain(self) -> str:
        """All the text, as it stands."""
        return "\n".join("".join(s.text for s in line).rstrip() for line in self.lines)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self.refresh()

    def _scroll_to(self, *where: Any, **how: Any) -> bool:
        """Scrolls at once: an animation, even of no length, would come a frame after its key."""
        return super()._scroll_to(*where, **{**how, "animate": False})

    def go(self, y: float) -> None:
        """Puts line ``y`` at the top, also before the first layout has given it a scrollbar."""
        self.scroll_to(y=y, animate=False, immediate=True, force=True)

    def page(self, direction: int) -> None:
        """Scrolls by a screenful, leaving two lines to hold on to."""
        distance = max(1, self.scrollable_content_region.height - 2) * direction
        self.go(self.scroll_offset.y + distance)

    @property
    def at_end(self) -> bool:
        return self.scroll_offset.y >= self.max_scroll_y
