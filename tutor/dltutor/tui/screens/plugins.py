"""The chapters that are installed: where each comes from, and whether it is switched on."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget

from dltutor import registry, settings
from dltutor.drawing.inks import Line, Span
from dltutor.errors import TutorError
from dltutor.i18n import local, t
from dltutor.registry import Entry
from dltutor.text import clean, wrap
from dltutor.tui.page import Page
from dltutor.tui.widgets.menu import Menu, Row


class Plugins(Page):
    def body(self) -> Iterable[Widget]:
        yield Menu(id="plugins")

    def on_mount(self) -> None:
        self.key_names = {"enter": t("switch")}
        self.head.say(t("Chapters installed"), str(len(registry.entries())))
        self.query_one(Menu).focus()

    def on_resize(self) -> None:
        self.fill()

    def fill(self) -> None:
        try:
            disabled = settings.load().disabled
        except TutorError as error:
            self.complain(error)
            return
        columns = max(20, self.size.width - 12)
        rows = [
            Row([]),
            *(_row(entry, entry.name in disabled, columns) for entry in registry.entries()),
        ]
        rows += [
            Row([]),
            Row([Span(t("Others are installed with: dltutor plugins install"), "muted")]),
        ]
        self.query_one(Menu).fill(rows)

    def on_menu_chosen(self, message: Menu.Chosen) -> None:
        name = message.value
        try:
            off = set(settings.load().disabled)
            settings.save(disabled=tuple(sorted(off ^ {name})))
        except TutorError as error:
            self.complain(error)
            return
        self.fill()
        self.tutor.tell(t("It counts from the next start on."))


def _row(entry: Entry, off: bool, columns: int) -> Row:
    title = clean(local(entry.chapter.title)) if entry.chapter is not None else entry.name
    sign, ink, word = ("✓ ", "good", t("on"))
    if off:
        sign, ink, word = ("○ ", "muted", t("off"))
    elif entry.chapter is None:
        sign, ink, word = ("✗ ", "bad", t("broken"))
    about: list[Line] = []
    if entry.problem and entry.enabled:
        about = [[Span("    "), Span(line, "warn")] for line in wrap(clean(entry.problem), columns)]
    source = clean(f"{entry.distribution} {entry.version}")
    return Row(
        [Span(sign, ink), Span(title)],
        [Span(f"{source}   {word}", "muted")],
        entry.name,
        tuple(about),
    )
