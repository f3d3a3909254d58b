"""An editor for Python: colours from pygments, indents that follow the code."""

from __future__ import annotations

from textual import events
from textual._text_area_theme import TextAreaTheme
from textual.widgets import TextArea

from dltutor.tui.themes import style_of
from dltutor.tui.widgets.code import coloured

INKS = ("keyword", "string", "number", "comment", "name")
INDENT = 4


class CodeEditor(TextArea):
    """A TextArea whose highlights come from pygments: tree-sitter needs a compiled grammar."""

    def __init__(self, text: str = "", *, id: str | None = None) -> None:
        super().__init__(
            text,
            id=id,
            soft_wrap=False,
            show_line_numbers=True,
            tab_behavior="indent",
            compact=True,
        )
        self.indent_width = INDENT

    def on_mount(self) -> None:
        self._dress()
        self.app.theme_changed_signal.subscribe(self, lambda _: self._dress())

    def _dress(self) -> None:
        """Takes the inks of the app's theme."""
        name = f"dltutor-{self.app.theme}"
        styles = {ink: style_of(self.app.theme, ink) for ink in INKS}
        self.register_theme(TextAreaTheme(name=name, syntax_styles=styles))
        self.theme = name

    def _build_highlight_map(self) -> None:
        # called by TextArea after each edit; places are counted in bytes of UTF-8
        self._line_cache.clear()
        self._highlights.clear()
        for row, line in enumerate(coloured(self.document.text.replace("\r\n", "\n"), "python")):
            at = 0
            for span in line:
                end = at + len(span.text.encode("utf-8"))
                if span.ink:
                    self._highlights[row].append((at, end, str(span.ink)))
                at = end

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "enter" and not self.read_only:
            # the new line begins below the code, one step deeper after a colon
            row, column = self.cursor_location
            before = self.document.get_line(row)[:column]
            indent = len(before) - len(before.lstrip(" "))
            if before.rstrip().endswith(":"):
                indent += INDENT
            event.stop()
            event.prevent_default()
            start, end = self.selection
            self._replace_via_keyboard("\n" + " " * indent, start, end)
            return
        await super()._on_key(event)
