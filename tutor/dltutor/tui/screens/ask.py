"""A line of text, asked for over a screen."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget
from textual.widgets import Input, Label

from dltutor.tui.page import Overlay


class Ask(Overlay):
    """Answers with the text, or with None after Esc."""

    def __init__(self, title: str, placeholder: str = "", value: str = "", note: str = "") -> None:
        super().__init__()
        self.title_text, self.placeholder, self.value, self.note = title, placeholder, value, note

    def body(self) -> Iterable[Widget]:
        yield Label(self.title_text, markup=False)
        yield Input(self.value, placeholder=self.placeholder)
        if self.note:
            yield Label(self.note, classes="muted", markup=False)

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        self.dismiss(message.value)
