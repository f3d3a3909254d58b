"""What the learner may choose once: language, theme, editor, data."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from textual.widget import Widget

from dltutor import paths, settings
from dltutor.drawing.inks import Span
from dltutor.drawing.terminal import CHOSEN
from dltutor.errors import TutorError, UsageError
from dltutor.i18n import current, t
from dltutor.tui import themes
from dltutor.tui.page import Page
from dltutor.tui.screens.ask import Ask
from dltutor.tui.widgets.menu import Menu, Row

LANGUAGES = {"en": "English", "zh": "中文"}


class SettingsPage(Page):
    def body(self) -> Iterable[Widget]:
        yield Menu(id="settings")

    def on_mount(self) -> None:
        self.head.say(t("Settings"))
        self.fill()
        self.query_one(Menu).focus()

    def fill(self) -> None:
        try:
            now = settings.load()
        except TutorError as error:
            self.complain(error)
            now = settings.Settings()
        rows = [Row([]), Row([Span(t("Language"), "muted")])]
        rows += [
            Row([_dot(lang == current()), Span(name)], [], ("lang", lang))
            for lang, name in LANGUAGES.items()
        ]
        rows += [Row([]), Row([Span(t("Theme"), "muted")])]
        rows += [
            Row([_dot(p.name == self.app.theme), Span(t(p.title))], [], ("theme", p.name))
            for p in themes.PALETTES.values()
        ]
        rows += [Row([]), Row([Span(t("Pictures"), "muted")])]
        rows += [
            Row([_dot(value == (now.pictures or "auto")), Span(name)], [], ("pictures", value))
            for value, name in (
                ("auto", t("as the terminal can")),
                ("blocks", t("half blocks")),
            )
        ]
        rows += [Row([]), Row([Span(t("Editor and data"), "muted")])]
        editor = now.editor or t("as $VISUAL or $EDITOR say")
        root = now.data_root or t("downloads go to {folder}", folder=paths.downloads_folder())
        rows += [
            Row([Span(t("Editor") + "  "), Span(editor, "muted")], [], ("editor", "")),
            Row([Span(t("Data folder") + "  "), Span(root, "muted")], [], ("data_root", "")),
        ]
        rows += [Row([]), Row([Span(t("Kept here"), "muted")])]
        rows += [
            Row([Span("  " + str(place), "muted")])
            for place in (paths.settings_file(), paths.progress_file(), paths.runs_folder())
        ]
        self.query_one(Menu).fill(rows)

    def on_menu_chosen(self, message: Menu.Chosen) -> None:
        kind, value = message.value
        try:
            if kind == "lang":
                settings.save(lang=value)
                # not from here: this screen is closed by it
                self.tutor.call_later(self.tutor.speak, value)
            elif kind == "theme":
                self.app.theme = value
                settings.save(theme=value)
                self.fill()
            elif kind == "pictures":
                settings.save(pictures="" if value == "auto" else value)
                if value == "blocks":
                    self.tutor.close_pictures()
                else:
                    self.tutor.open_pictures()
                    if self.tutor.terminal.why == CHOSEN:
                        self.tutor.tell(t("The terminal is asked at the next start."))
                self.fill()
            else:
                self.ask(kind)
        except TutorError as error:
            self.complain(error)

    def ask(self, kind: str) -> None:
        now = settings.load()
        titles = {
            "editor": t("Editor: the command that opens a file"),
            "data_root": t("Data folder: where public data sets are looked for first"),
        }

        def keep(text: object) -> None:
            if not isinstance(text, str):
                return
            text = text.strip()
            try:
                if kind == "data_root" and text and not Path(text).expanduser().is_dir():
                    raise UsageError(t("{folder} is no folder", folder=text))
                settings.save(**{kind: text})
            except TutorError as error:
                self.complain(error)
            self.fill()

        self.app.push_screen(Ask(titles[kind], value=getattr(now, kind)), keep)


def _dot(chosen: bool) -> Span:
    return Span("● " if chosen else "○ ", "accent" if chosen else "muted")
