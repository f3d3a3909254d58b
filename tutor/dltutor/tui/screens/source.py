"""The file that a listing is taken from, at its line."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from dltutor import content
from dltutor.drawing.inks import Line, Span
from dltutor.errors import TutorError
from dltutor.i18n import t
from dltutor.tui.page import Page
from dltutor.tui.widgets.code import coloured, cut
from dltutor.tui.widgets.lines import Sheet


class Source(Page):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "page(1)", "page"),
        Binding("shift+space", "page(-1)", show=False),
        Binding("v", "editor", "open in the editor"),
        Binding("y", "app.copy", "copy"),
    ]

    def __init__(self, file: Path, line: int = 1, symbol: str = "") -> None:
        super().__init__()
        self.file, self.line, self.symbol = file, line, symbol
        self.text = ""
        self.top = 0

    def again(self) -> Page:
        return Source(self.file, self.line, self.symbol)

    def body(self) -> Iterable[Widget]:
        yield Sheet(id="source")

    def on_mount(self) -> None:
        self.head.say(f"{self.file.name}  {self.symbol}", t("line {line}", line=self.line))
        try:
            self.text = content.read_text(self.file)
        except TutorError as error:
            self.complain(error)
            return
        self.query_one(Sheet).resized = self.lay_out
        self.query_one(Sheet).focus()

    def lay_out(self) -> None:
        """Long lines go on in the next one; the line that was asked for is near the top."""
        sheet = self.query_one(Sheet)
        rows = coloured(self.text.rstrip("\n"), "python" if self.file.suffix == ".py" else "text")
        digits = len(str(len(rows)))
        lines: list[Line] = []
        for number, row in enumerate(rows, 1):
            if number == self.line:
                self.top = max(0, len(lines) - 2)
            ink = "accent" if number == self.line else "muted"
            for at, part in enumerate(cut(row, max(8, sheet.columns - digits - 2))):
                margin = f"{number:>{digits}}  " if at == 0 else " " * digits + " ↪"
                lines.append([Span(margin, ink), *part])
        sheet.show(lines)
        self.call_after_refresh(lambda: sheet.go(self.top))

    def action_page(self, direction: int) -> None:
        self.query_one(Sheet).page(direction)

    def action_editor(self) -> None:
        from dltutor.tui.editor import edit

        edit(self.tutor, self.file, self.line)

    def copied(self) -> str:
        return self.text
