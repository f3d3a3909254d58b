"""The options of a question: chosen, ordered or matched by keys or by the mouse."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from dltutor.drawing.inks import Line, Span
from dltutor.i18n import local
from dltutor.learning.questions import Option, Presented
from dltutor.text import width
from dltutor.tui.themes import style_of
from dltutor.tui.widgets.lines import strip_of

Words = Callable[[str, int], list[Line]]


class Options(Widget):
    """One row for each option, or for each left side of a match. ``answer`` is what would be typed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("space", "mark", show=False),
        Binding("left", "turn(-1)", show=False),
        Binding("right", "turn(1)", show=False),
        Binding("shift+up", "carry(-1)", show=False),
        Binding("shift+down", "carry(1)", show=False),
    ]
    DEFAULT_CSS = """
    Options { height: auto; width: 1fr; }
    """

    class Changed(Message):
        """The answer is another one now."""

    def __init__(self, presented: Presented, words: Words, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.can_focus = True
        self.presented = presented
        self.kind = presented.question.kind
        self.words = words
        self.cursor = 0
        self.chosen: set[str] = set()
        self.order: list[Option] = list(presented.options)
        self.held = False
        self.matched: list[str] = [""] * len(presented.lefts)
        self.locked = False
        self._columns = -1
        self._rows: list[list[Line]] = []

    @property
    def count(self) -> int:
        return len(self.matched) if self.kind == "match" else len(self.order)

    @property
    def answer(self) -> str:
        """What was chosen, as one would type it; empty when nothing was."""
        if self.kind == "choice":
            return next(iter(self.chosen), "")
        if self.kind == "choices":
            return " ".join(sorted(self.chosen))
        if self.kind == "order":
            return " ".join(option.letter for option in self.order)
        if not all(self.matched):
            return " ".join(f"{n}{letter}" for n, letter in enumerate(self.matched, 1) if letter)
        return " ".join(f"{n}{letter}" for n, letter in enumerate(self.matched, 1))

    # -- keys and mouse -----------------------------------------------------------------------

    def action_move(self, step: int) -> None:
        if self.held:
            self.action_carry(step)
            return
        self.cursor = min(max(self.cursor + step, 0), self.count - 1)
        if self.kind == "choice" and not self.locked:
            self.chosen = {self.order[self.cursor].letter}
        self._changed()

    def action_mark(self) -> None:
        if self.locked:
            return
        if self.kind == "choice":
            self.chosen = {self.order[self.cursor].letter}
        elif self.kind == "choices":
            self.chosen ^= {self.order[self.cursor].letter}
        elif self.kind == "order":
            self.held = not self.held
        else:
            self.action_turn(1)
        self._changed()

    def action_turn(self, step: int) -> None:
        """Gives the left side under the cursor the next right side."""
        if self.kind != "match" or self.locked:
            return
        letters = self.presented.letters()
        now = self.matched[self.cursor]
        at = letters.index(now) + step if now else (0 if step > 0 else len(letters) - 1)
        self.matched[self.cursor] = letters[at % len(letters)]
        self._changed()

    def action_carry(self, step: int) -> None:
        """Moves the item under the cursor up or down."""
        to = self.cursor + step
        if self.kind != "order" or self.locked or not 0 <= to < self.count:
            return
        self.order[self.cursor], self.order[to] = self.order[to], self.order[self.cursor]
        self.cursor = to
        self._changed()

    def letter(self, letter: str) -> bool:
        """A letter was typed: it chooses, or matches and goes on; False when no option has it."""
        letters = self.presented.letters()
        if letter not in letters or self.locked:
            return False
        if self.kind == "match":
            self.matched[self.cursor] = letter
            self.cursor = min(self.cursor + 1, self.count - 1)
        else:
            at = next(i for i, option in enumerate(self.order) if option.letter == letter)
            if self.kind == "order":
                self.held = False
            self.cursor = at
            if self.kind == "choice":
                self.chosen = {letter}
            elif self.kind == "choices":
                self.chosen ^= {letter}
        self._changed()
        return True

    def on_key(self, event: events.Key) -> None:
        if event.character and len(event.character) == 1 and self.letter(event.character):
            event.stop()
            event.prevent_default()

    def on_click(self, event: events.Click) -> None:
        self.focus()
        row = self._row_at(event.y)
        if row < 0 or self.locked:
            return
        if self.kind == "order" and self.held and row != self.cursor:
            step = 1 if row > self.cursor else -1
            while self.cursor != row:
                self.action_carry(step)
            self.held = False
        else:
            self.cursor = row
            self.action_mark()
        self._changed()

    def _row_at(self, y: int) -> int:
        for index, row in enumerate(self._rows):
            if y < len(row):
                return index
            y -= len(row)
        return -1

    def _changed(self) -> None:
        self._columns = -1
        self.refresh(layout=self.kind == "match")
        self.post_message(self.Changed())
        self.call_after_refresh(self._into_view)

    def _into_view(self) -> None:
        """A long list of options scrolls with its cursor."""
        from textual.geometry import Region

        top = sum(len(row) for row in self._rows[: self.cursor])
        high = len(self._rows[self.cursor]) if self.cursor < len(self._rows) else 1
        if isinstance(self.parent, Widget):
            region = Region(0, self.virtual_region.y + top, 1, high)
            self.parent.scroll_to_region(region, animate=False, force=True)

    # -- drawing --------------------------------------------------------------------------------

    def _lay_out(self, columns: int) -> list[list[Line]]:
        if columns != self._columns:
            self._columns = columns
            if self.kind == "match":
                self._rows = self._matches(columns)
            else:
                self._rows = [
                    self._option(i, option, columns) for i, option in enumerate(self.order)
                ]
        return self._rows

    def _option(self, index: int, option: Option, columns: int) -> list[Line]:
        sign = ""
        if self.kind == "choice":
            sign = "● " if option.letter in self.chosen else "○ "
        elif self.kind == "choices":
            sign = "■ " if option.letter in self.chosen else "□ "
        else:
            sign = f"{index + 1} "
            if self.held and index == self.cursor:
                sign = "↕ "
        lead = [
            Span(sign, "accent" if option.letter in self.chosen or "↕" in sign else "muted"),
            Span(option.letter + "  ", "key"),
        ]
        return _hanging(lead, self.words(local(option.text), columns - 10))

    def _matches(self, columns: int) -> list[list[Line]]:
        by_letter = {option.letter: option for option in self.presented.options}
        rows: list[list[Line]] = []
        half = max(10, (columns - 12) // 2)
        for index, left in enumerate(self.presented.lefts):
            letter = self.matched[index]
            lines = self.words(local(left), half)
            rights = (
                self.words(local(by_letter[letter].text), half)
                if letter
                else [[Span("…", "muted")]]
            )
            body: list[Line] = []
            for n in range(max(len(lines), len(rights))):
                a = lines[n] if n < len(lines) else []
                b = rights[n] if n < len(rights) else []
                gap = half - sum(width(s.text) for s in a)
                head = f"{index + 1}  " if n == 0 else "   "
                arrow = (
                    [Span(" → ", "muted"), Span((letter or " ") + "  ", "key")]
                    if n == 0
                    else [Span("      ")]
                )
                body.append([Span(head, "muted"), *a, Span(" " * max(0, gap)), *arrow, *b])
            rows.append(body)
        return rows

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        return sum(len(row) for row in self._lay_out(width))

    def render_line(self, y: int) -> Strip:
        wide = self.size.width
        base = self.rich_style
        rows = self._lay_out(wide)
        index = self._row_at(y)
        if index < 0:
            return Strip.blank(wide, base)
        top = sum(len(row) for row in rows[:index])
        here = index == self.cursor and self.has_focus
        if here:
            base += style_of(self.app.theme, "on-chosen")
        head = Span(" ▸ " if here and y == top else "   ", "key")
        strip = strip_of([head, *rows[index][y - top]], self.app.theme, base)
        return strip.extend_cell_length(wide, base).crop(0, wide)

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()


def _hanging(lead: Line, body: list[Line]) -> list[Line]:
    indent = sum(width(s.text) for s in lead)
    if not body:
        return [lead]
    return [[*lead, *body[0]], *([Span(" " * indent), *line] for line in body[1:])]
