"""The file that a listing is taken from, at its line."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from dltutor import content
from dltutor.drawing.inks import Span
from dltutor.errors import TutorError
from dltutor.i18n import t
from dltutor.tui.page import Page
from dltutor.tui.widgets.code import coloured
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
        rows = coloured(self.text.rstrip("\n"), "python" if self.file.suffix == ".py" else "text")
        digits = len(str(len(rows)))
        sheet = self.query_one(Sheet)
        sheet.show(
            [
                [Span(f"{n:>{digits}}  ", "accent" if n == self.line else "muted"), *row]
                for n, row in enumerate(rows, 1)
            ]
        )
        sheet.focus()
        self.call_after_refresh(lambda: sheet.go(max(0, self.line - 3)))

    def action_page(self, direction: int) -> None:
        self.query_one(Sheet).page(direction)

    def action_editor(self) -> None:
        from dltutor.tui.editor import edit

        edit(self.tutor, self.file, self.line)

    def copied(self) -> str:
        return self.text
