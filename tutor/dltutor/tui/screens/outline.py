"""The headings of a lesson, over it."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget

from dltutor.tui.page import Overlay
from dltutor.tui.widgets.menu import Menu, Row


class Outline(Overlay):
    """The headings of a lesson, to go to."""

    def __init__(self, rows: list[Row], here: object) -> None:
        super().__init__()
        self.rows, self.here = rows, here

    def body(self) -> Iterable[Widget]:
        yield Menu(self.rows)

    def on_mount(self) -> None:
        menu = self.query_one(Menu)
        menu.fill(self.rows, self.here)
        menu.focus()

    def on_menu_chosen(self, message: Menu.Chosen) -> None:
        self.dismiss(message.value)
