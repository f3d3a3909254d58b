"""The bottom line: the keys that work here, each of which can also be clicked."""

from __future__ import annotations

from typing import NamedTuple

from textual import events
from textual.binding import ActiveBinding
from textual.dom import DOMNode
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


class Item(NamedTuple):
    """A key as the bottom line shows it."""

    key: str
    name: str
    action: str
    node: DOMNode
    """whose action it is"""

    @property
    def columns(self) -> int:
        return width(self.key) + 1 + width(self.name)


class Keys(Widget):
    """Shows the screen's own bindings that have a description, as many as fit."""

    DEFAULT_CSS = """
    Keys { height: 1; dock: bottom; padding: 0 1; }
    """

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self.refresh())

    def _items(self) -> list[Item]:
        """What to show, in the order of the bindings."""
        items: list[Item] = []
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
            items.append(Item(key, name, binding.action, node))
        return items

    def _laid_out(self) -> list[tuple[int, int, Item]]:
        """Start and end column of each item that fits; help and leaving stay to the last."""
        items = self._items()
        room = self.size.width - 2

        def needed(chosen: list[Item]) -> int:
            return sum(item.columns for item in chosen) + 2 * (len(chosen) - 1)

        while len(items) > 2 and needed(items) > room:
            kept = ("Esc", "?", "Enter")
            others = [i for i, item in enumerate(items) if item.key not in kept]
            del items[others[-1] if others else 0]
        places = []
        at = 1
        for item in items:
            places.append((at, at + item.columns, item))
            at += item.columns + 2
        return places

    def render_line(self, y: int) -> Strip:  # noqa: ARG002
        line: Line = []
        at = 1
        for start, end, item in self._laid_out():
            line += [
                Span(" " * (start - at)),
                Span(item.key, "key"),
                Span(" " + item.name, "muted"),
            ]
            at = end
        wide = self.size.width
        base = self.rich_style
        strip = strip_of([Span(" "), *line], self.app.theme, base)
        return strip.extend_cell_length(wide, base).crop(0, wide)

    async def on_click(self, event: events.Click) -> None:
        for start, end, item in self._laid_out():
            if start <= event.x < end + 1:
                event.stop()
                await self.app.run_action(item.action, default_namespace=item.node)
                return
