"""The bottom line: the keys that work here, each of which can also be clicked."""

from __future__ import annotations

from textual import events
from textual.binding import ActiveBinding
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input, TextArea

from dltutor.drawing.inks import Line, Span
from dltutor.i18n import t
from dltutor.text import width
from dltutor.tui.widgets.lines import strip_of

NAMES = {
    "enter": "Enter",
    "escape": "Esc",
    "space": "Space",
    "question_mark": "?",
    "slash": "/",
    "left": "←",
    "right": "→",
    "up": "↑",
    "down": "↓",
    "tab": "Tab",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "backspace": "⌫",
    "full_stop": ".",
    "comma": ",",
    "plus": "+",
    "minus": "-",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
}


def name_of(key: str) -> str:
    """How a key is written: ``^S`` for ctrl+s."""
    if key.startswith("ctrl+"):
        return "^" + key[5:].upper()
    return NAMES.get(key, key if len(key) == 1 else key.upper() if key[0] == "f" else key)


def _rank(active: ActiveBinding) -> int:
    """The focused widget's own keys first, then the screen's; help and leaving last."""
    if active.binding.action == "app.help" or active.binding.key == "escape":
        return 3 if active.binding.key == "escape" else 2
    return 0 if active.binding.key == "enter" else 1


class Keys(Widget):
    """Shows the screen's own bindings that have a description, as many as fit."""

    DEFAULT_CSS = """
    Keys { height: 1; dock: bottom; padding: 0 1; }
    """

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self.refresh())

    def _items(self) -> list[tuple[str, str, str]]:
        """Key, description and action, in the order of the screen's own bindings."""
        items: list[tuple[str, str, str]] = []
        seen: set[str] = set()
        names = getattr(self.screen, "key_names", {})
        typing = isinstance(self.screen.focused, Input | TextArea)
        active = self.screen.active_bindings.values()
        for node, binding, enabled, _ in sorted(active, key=_rank):
            if not binding.show or not enabled or binding.action in seen or not binding.description:
                continue
            if typing and len(name_of(binding.key)) == 1:
                continue  # these are typed into the field
            seen.add(binding.action)
            key = binding.key_display or name_of(binding.key)
            name = names.get(binding.action) or t(binding.description)
            items.append((key, name, f"{self._space(node)}{binding.action}"))
        return items

    def _space(self, node: object) -> str:
        from textual.app import App
        from textual.screen import Screen

        return (
            "app."
            if isinstance(node, App)
            else "screen."
            if isinstance(node, Screen)
            else "focused."
        )

    def _laid_out(self) -> list[tuple[int, int, str, str, str]]:
        """Start and end column of each item that fits; help and leaving stay to the last."""
        items = self._items()
        room = self.size.width - 2

        def needed(chosen: list[tuple[str, str, str]]) -> int:
            return sum(width(k) + 1 + width(d) for k, d, _ in chosen) + 2 * (len(chosen) - 1)

        while len(items) > 2 and needed(items) > room:
            drop = next(
                (
                    i
                    for i in range(len(items) - 1, -1, -1)
                    if items[i][0] not in ("Esc", "?", "Enter")
                ),
                0,
            )
            del items[drop]
        places = []
        at = 1
        for key, description, action in items:
            end = at + width(key) + 1 + width(description)
            places.append((at, end, key, description, action))
            at = end + 2
        return places

    def render_line(self, y: int) -> Strip:
        line: Line = []
        at = 1
        for start, end, key, description, _ in self._laid_out():
            line += [Span(" " * (start - at)), Span(key, "key"), Span(" " + description, "muted")]
            at = end
        wide = self.size.width
        base = self.rich_style
        strip = strip_of([Span(" "), *line], self.app.theme, base)
        return strip.extend_cell_length(wide, base).crop(0, wide)

    async def on_click(self, event: events.Click) -> None:
        for start, end, _, _, action in self._laid_out():
            if start <= event.x < end + 1:
                event.stop()
                if action.startswith("focused."):
                    if self.screen.focused is not None:
                        await self.app.run_action(action[8:], self.screen.focused)
                else:
                    await self.run_action(action)
                return
