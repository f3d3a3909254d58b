"""The keys of the screen below, all of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from textual.app import App
from textual.screen import Screen
from textual.widget import Widget

from dltutor.drawing.inks import Line, Span
from dltutor.i18n import catalogue, t
from dltutor.text import pad, width, wrap
from dltutor.tui.page import Overlay
from dltutor.tui.widgets.keys import name_of
from dltutor.tui.widgets.lines import Sheet


class Help(Overlay):
    BINDINGS = [("question_mark", "close", ""), ("q", "close", "")]  # noqa: RUF012

    def __init__(self, screen: Screen[Any]) -> None:
        super().__init__()
        self.below = screen

    def body(self) -> Iterable[Widget]:
        yield Sheet(self.rows())

    def on_mount(self) -> None:
        self.query_one(Sheet).focus()

    def rows(self) -> list[Line]:
        here: dict[str, list[str]] = {}
        everywhere: dict[str, list[str]] = {}
        for key, (node, binding, _, _) in self.below.active_bindings.items():
            # the toolkit's own keys have descriptions of its own, in its own language
            if binding.description not in catalogue():
                continue
            group = (
                everywhere if isinstance(node, App) or binding.action.startswith("app.") else here
            )
            group.setdefault(t(binding.description), []).append(name_of(key))
        everywhere.setdefault(t("commands"), []).append("^P")
        lines: list[Line] = [[Span(t("Keys"), "title")], []]
        names = ["  ".join(dict.fromkeys(k)) for k in (*here.values(), *everywhere.values())]
        widest = min(max(map(width, names), default=8), 24)
        for title, group in (("", here), (t("Everywhere"), everywhere)):
            if title:
                lines += [[], [Span(title, "muted")]]
            for description, keys in group.items():
                first, *rest = _rows_of(list(dict.fromkeys(keys)), widest)
                lines.append([Span(pad(first, widest + 2), "key"), Span(description)])
                lines += [[Span(row, "key")] for row in rest]
        lines.append([])
        for hint in (
            t("The mouse works too: click rows, keys in the bottom line, scroll."),
            t("Drag selects text, y copies it. Shift leaves the mouse to the terminal."),
        ):
            lines += [[Span(row, "muted")] for row in wrap(hint, self.columns)]
        return lines


def _rows_of(keys: list[str], columns: int) -> list[str]:
    """The names of keys beside one another, as many as fit a line."""
    rows = [keys[0]]
    for key in keys[1:]:
        if width(rows[-1]) + 2 + width(key) <= columns:
            rows[-1] += "  " + key
        else:
            rows.append(key)
    return rows
