"""What every screen shares: a head, a body between two rules, and the keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import events
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.screen import ModalScreen, Screen
from textual.widget import Widget

from dltutor.errors import TutorError
from dltutor.text import clean
from dltutor.tui.widgets.head import Head
from dltutor.tui.widgets.keys import Keys

if TYPE_CHECKING:
    from dltutor.tui.app import TutorApp


class Steady:
    """Keeps a screen from what Textual does with keys and clicks that come faster than it works."""

    @property
    def is_mounted(self) -> bool:
        """Whether its widgets are there: from when it has been made until it is taken away."""
        assert isinstance(self, Screen)
        return self._is_mounted and not self._pruning

    async def on_event(self, event: events.Event) -> None:
        """One that is taken away while it is being made does not begin its work."""
        assert isinstance(self, Screen)
        if not (isinstance(event, events.Mount) and self._pruning):
            await Screen.on_event(self, event)

    def from_thread(self, act: Callable[..., object], *arguments: object) -> None:
        """Has the app's thread do what another has prepared, unless the screen has gone meanwhile."""
        assert isinstance(self, Screen)
        self.app.call_from_thread(lambda: None if self._pruning else act(*arguments))

    def dismiss(self, result: Any = None) -> AwaitComplete:
        """Closes this screen once: the second of two quick clicks would close the one below it."""
        assert isinstance(self, Screen)
        return Screen.dismiss(self, result) if self.is_current else AwaitComplete()

    def _forward_event(self, event: events.Event) -> None:
        assert isinstance(self, Screen)
        if isinstance(event, events.MouseDown):
            widget, _ = self.get_widget_and_offset_at(event.x, event.y)
            if widget is not None and widget is not self and widget.parent is None:
                return  # it has just been removed, and the beginning of a selection would fail
        Screen._forward_event(self, event)


class Page(Steady, Screen[None]):
    """A full screen. ``again`` makes the same screen anew, for a change of language."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "back"),
        Binding("question_mark,f1", "app.help", "help", key_display="?"),
    ]

    key_names: Mapping[str, str] = {}
    """other descriptions of actions, as things stand now"""

    @property
    def tutor(self) -> TutorApp:
        return cast("TutorApp", self.app)

    @property
    def head(self) -> Head:
        return self.query_one(Head)

    def compose(self) -> ComposeResult:
        yield Head()
        with Container(id="body"):
            yield from self.body()
        yield Keys()

    def body(self) -> Iterable[Widget]:
        """What stands between the rules."""
        return ()

    def again(self) -> Page:
        return type(self)()

    async def action_leave(self) -> None:
        if len(self.app.screen_stack) > 2:
            self.app.pop_screen()

    def complain(self, error: BaseException) -> None:
        """An error as a message: what is wrong and what would be right."""
        self.tutor.complain(error)


class Overlay(Steady, ModalScreen[object]):
    """A panel over a screen; Esc closes it without an answer."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", "close")]

    def compose(self) -> ComposeResult:
        with Vertical(classes="panel"):
            yield from self.body()

    def body(self) -> Iterable[Widget]:
        return ()

    @property
    def columns(self) -> int:
        """What is left for a line of text within the panel's edge, beside a scrollbar."""
        return max(8, min(72, self.app.size.width * 94 // 100) - 5)

    def action_close(self) -> None:
        self.dismiss(None)


def told(error: BaseException) -> str:
    """An error in one line a person can act on; what is no TutorError names its kind."""
    text = str(error) if isinstance(error, TutorError) else f"{type(error).__name__}: {error}"
    return " ".join(clean(text).split())
