"""The first start: language, look, and where to begin. Esc passes it by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from dltutor import content, registry, settings
from dltutor.drawing.inks import Span
from dltutor.errors import TutorError
from dltutor.i18n import current, t
from dltutor.text import wrap
from dltutor.tui import themes
from dltutor.tui.page import Page
from dltutor.tui.screens.settings import LANGUAGES
from dltutor.tui.widgets.menu import Menu, Row


class Welcome(Page):
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "chapters")]

    def body(self) -> Iterable[Widget]:
        yield Menu(id="welcome")

    def on_mount(self) -> None:
        self.head.say("dltutor", t("Welcome"))
        self.fill()
        self.query_one(Menu).focus()

    def on_resize(self) -> None:
        self.fill()

    def fill(self) -> None:
        columns = min(76, max(20, self.size.width - 8))
        what = t(
            "Deep learning with PyTorch, in this terminal: lessons, questions, exercises, training."
        )
        rows = [Row([]), *(Row([Span(line)]) for line in wrap(what, columns))]
        rows.append(Row([Span(t("choose with ↑ ↓ and Enter, or click"), "muted")]))
        rows += [Row([]), Row([Span(t("Language"), "muted")])]
        for lang, name in LANGUAGES.items():
            rows.append(Row([_dot(lang == current()), Span(name)], [], ("lang", lang)))
        rows += [Row([]), Row([Span(t("Look"), "muted")])]
        for palette in themes.PALETTES.values():
            here = palette.name == self.app.theme
            rows.append(Row([_dot(here), Span(t(palette.title))], [], ("theme", palette.name)))
        rows.append(Row([]))
        for kind, text in (
            ("first", t("Begin with the first lesson")),
            ("home", t("Show the chapters")),
            ("doctor", t("Check this machine first")),
        ):
            rows.append(Row([Span("→ ", "accent"), Span(text)], [], (kind, "")))
        rest = t("Everything can be changed later: F2. Nothing leaves this machine.")
        rows += [Row([]), *(Row([Span(line, "muted")]) for line in wrap(rest, columns))]
        self.query_one(Menu).fill(rows, ("first", "") if self.query_one(Menu).cursor < 0 else None)

    async def on_menu_chosen(self, message: Menu.Chosen) -> None:
        kind, value = message.value
        try:
            if kind == "lang":
                settings.save(lang=value)
                self.tutor.call_later(self.tutor.speak, value)
            elif kind == "theme":
                self.app.theme = value
                settings.save(theme=value)
                self.fill()
            else:
                await self.action_leave()
                if kind == "doctor":
                    self.tutor.open_doctor()
                elif kind == "first" and registry.chapters():
                    chapter = registry.chapters()[0]
                    lessons = content.lessons(chapter, current())
                    if lessons:
                        self.tutor.open_lesson(chapter, lessons[0].slug)
        except TutorError as error:
            self.complain(error)

    async def action_leave(self) -> None:
        """Does not come again."""
        try:
            settings.save(welcomed=True)
        except TutorError as error:
            self.complain(error)
        await super().action_leave()


def _dot(chosen: bool) -> Span:
    return Span("● " if chosen else "○ ", "accent" if chosen else "muted")
