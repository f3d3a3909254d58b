"""What a demo that is played by hand listens with: the keys pressed while it plays."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget


class Stick(Widget, can_focus=True):
    """Takes every key while it has the focus, and posts :class:`Stick.Left` when one pauses."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "pause", "pause"),
        Binding("escape", "pause", "pause", show=False),
    ]
    DEFAULT_CSS = """
    Stick { height: 0; width: 0; }
    """

    class Left(Message):
        """Enough for now."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.pressed: list[str] = []

    def take(self) -> list[str]:
        """The names of the keys pressed since the last time."""
        pressed, self.pressed = self.pressed, []
        return pressed

    def on_key(self, event: events.Key) -> None:
        if event.key in ("space", "escape"):
            return
        event.stop()
        event.prevent_default()
        self.pressed.append(event.key)

    def action_pause(self) -> None:
        self.post_message(self.Left())

    def on_blur(self) -> None:
        # a click elsewhere, or another screen: nobody flies any more
        self.post_message(self.Left())
