"""The screens' application: themes, ways between screens, what is shared by all of them."""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.command import CommandPalette
from textual.screen import Screen
from textual.widget import Widget

from dltutor import i18n, paths, settings
from dltutor.drawing import terminal
from dltutor.errors import TutorError
from dltutor.i18n import t
from dltutor.tui import themes
from dltutor.tui.page import Page, told

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.actions import ActionParseResult
    from textual.dom import DOMNode
    from textual.message_pump import MessagePump
    from textual.timer import Timer

    from dltutor.chapter import Chapter
    from dltutor.learning.progress import Progress
    from dltutor.tui.hosts import Hosts
    from dltutor.tui.painter import Painter


class TutorApp(App[None]):
    """``dltutor`` without a command."""

    CSS_PATH = "styles.tcss"
    TITLE = "dltutor"
    COMMAND_PALETTE_BINDING = "ctrl+p"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (80, "-usual"), (120, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-low"), (30, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "quit", show=False, priority=True),
        Binding("f2", "open_settings", "settings", show=False),
        Binding("y", "copy", "copy", show=False),
        Binding("ctrl+z", "suspend_process", "to the shell; fg comes back", show=False),
    ]

    def __init__(self, start: Callable[[TutorApp], Page] | None = None) -> None:
        # without colour the terminal's own two are kept; Textual's greys would be colours too
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)
        # the children that train and compute should know what the user wished
        if self.no_color:
            os.environ["NO_COLOR"] = "1"
        self._start = start
        self._progress: Progress | None = None
        self._opened_empty = False
        self._hosts: Hosts | None = None
        self._typed: list[events.Event] = []
        self._unheard: events.Event | None = None
        self._late: Timer | None = None
        self._painter: Painter | None = None
        self.terminal = terminal.Found()
        """what the terminal can, as it was found before it was taken"""
        self.animation_level = "none"
        for palette in themes.PALETTES.values():
            self.register_theme(palette.theme())
        wished = settings.load()
        self._welcomed = wished.welcomed
        self.theme = "dltutor-16" if self.no_color else themes.chosen(wished.theme)

    @property
    def progress(self) -> Progress:
        """The learner's progress, opened when it is first asked for.

        Where there was no file then, it is opened again once there is one: a check of an
        exercise writes it through a connection of its own.
        """
        if self._progress is None or (self._opened_empty and paths.progress_file().exists()):
            from dltutor.learning.progress import Progress

            self._opened_empty = not paths.progress_file().exists()
            self._progress = Progress.open()
        return self._progress

    @property
    def hosts(self) -> Hosts:
        """The processes that compute demos."""
        if self._hosts is None:
            from dltutor.tui.hosts import Hosts

            self._hosts = Hosts()
        return self._hosts

    @property
    def depth(self) -> int:
        """The bits of colour that drawings may use: 0 without colour."""
        if self.no_color:
            return 0
        return 4 if self.native_ansi_color else 24

    def on_mount(self) -> None:
        self.open_pictures()
        if self._start is not None:
            self.push_screen(self._start(self))
            return
        from dltutor.tui.screens.home import Home

        self.push_screen(Home())
        if not self._welcomed:
            from dltutor.tui.screens.welcome import Welcome

            self.push_screen(Welcome())

    async def on_event(self, event: events.Event) -> None:
        """What comes while a screen is still being made waits for it, and keys for one another.

        What comes when the last screen has gone, as the program ends, is for nobody.
        """
        typed = isinstance(event, events.InputEvent | events.Paste)
        if typed and not self.screen_stack:
            return
        if not typed:
            await super().on_event(event)
        elif event.is_forwarded:
            if self.screen.is_mounted:
                await super().on_event(event)
            else:  # it bubbled up from the screen that was there before
                self.screen.call_after_refresh(self.post_message, event)
        elif isinstance(event, events.Key | events.Paste):
            self._typed.append(event)
            await self._hand_on()
        elif self.screen.is_mounted:
            await super().on_event(event)
        elif not isinstance(event, events.MouseMove):
            self.screen.call_after_refresh(self.post_message, event)

    async def _hand_on(self) -> None:
        """Hands one typed key on, and the next when all that it bubbles to has handled it.

        A key waits in the queue of the focused widget, and a binding with priority acts at once:
        of a letter and an Enter that come together, Enter would be first.
        """
        if self._unheard or not self._typed or not self.screen_stack:
            return
        event = self._unheard = self._typed[0]
        heard = partial(self._heard, event)
        if not self.screen.is_mounted:
            self.screen.call_after_refresh(self.call_later, heard)
            return
        del self._typed[0]
        target = self.focused or self.screen
        await super().on_event(event)
        # what it bubbled to; then what those sent one another; then what they asked of the app
        through = [target, *target.ancestors]
        self._late = self.set_timer(0.5, heard)  # a widget that goes meanwhile passes nothing on
        await _after([*through, *through, self], heard)

    async def _heard(self, event: events.Event) -> None:
        if event is self._unheard:
            self._unheard = None
            if self._late is not None:
                self._late.stop()
            await self._hand_on()

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """A screen that is being taken away does nothing any more: its widgets have gone."""
        screen = default_namespace.screen if isinstance(default_namespace, Widget) else None
        if screen is not None and screen._pruning:
            return False
        return await super().run_action(action, default_namespace, namespaces)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "suspend_process":  # not on Windows, not in a browser
            return os.name == "posix" and self._driver is not None and self._driver.can_suspend
        return super().check_action(action, parameters)

    def on_unmount(self) -> None:
        self.close_pictures()
        if self._hosts is not None:
            self._hosts.close()
        if self._progress is not None:
            self._progress.close()
            for notice in self._progress.take_notices():
                print(notice, file=sys.__stderr__)

    def open_pictures(self) -> None:
        """Shows pictures by the terminal's own protocol, where it has one."""
        if self.terminal.protocol == "kitty" and self._driver is not None and not self.is_web:
            from dltutor.drawing.kitty import Kitty

            terminal.graphics = Kitty(self._driver.write, self.terminal.cell)
        elif self.terminal.protocol == "sixel" and not self.is_web:
            from dltutor.drawing.sixel import Sixels
            from dltutor.tui.painter import Painter

            terminal.graphics = Sixels(self.terminal.cell)
            self._painter = Painter(self, terminal.graphics)

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        super()._display(screen, renderable)
        if self._painter is not None:
            self._painter.wrote(renderable)

    def exit(self, *arguments: Any, **options: Any) -> None:
        # each of a terminal's two screens has pictures of its own: now ours is still there
        self.close_pictures()
        super().exit(*arguments, **options)

    def close_pictures(self) -> None:
        if terminal.graphics is not None:
            terminal.graphics.clear()
            terminal.graphics = None

    # -- messages -------------------------------------------------------------------------------

    def complain(self, error: BaseException) -> None:
        self.notify(told(error), severity="error", timeout=8, markup=False)

    def tell(self, text: str) -> None:
        self.notify(text, timeout=4, markup=False)

    def action_copy(self) -> None:
        """Copies what is selected, else what the screen offers."""
        text = self.screen.get_selected_text() or ""
        if not text:
            offered = getattr(self.screen, "copied", None)
            text = offered() if offered is not None else ""
        if text:
            self.copy_to_clipboard(text)
            self.tell(t("Copied {count} characters.", count=len(text)))

    # -- ways -----------------------------------------------------------------------------------

    def action_help(self) -> None:
        from dltutor.tui.screens.help import Help

        self.push_screen(Help(self.screen))

    def action_command_palette(self) -> None:
        if not isinstance(self.screen, CommandPalette):
            from dltutor.tui.palette import Palette

            self.push_screen(Palette())

    def action_open_settings(self) -> None:
        from dltutor.tui.screens.settings import SettingsPage

        if not isinstance(self.screen, SettingsPage):
            self.push_screen(SettingsPage())

    def open_chapter(self, chapter: Chapter) -> None:
        from dltutor.tui.screens.chapter import ChapterPage

        self.push_screen(ChapterPage(chapter))

    def open_lesson(self, chapter: Chapter, slug: str, place: float = 0.0) -> None:
        from dltutor.tui.screens.lesson import LessonPage

        self.push_screen(LessonPage(chapter, slug, place))

    def open_quiz(self, chapter: Chapter, lesson: str = "") -> None:
        from dltutor.tui.screens.quiz import quiz

        self._push(lambda: quiz(self, chapter, lesson))

    def open_review(self) -> None:
        from dltutor.tui.screens.quiz import review

        self._push(lambda: review(self))

    def open_exercise(self, chapter: Chapter, name: str) -> None:
        from dltutor.tui.screens.exercise import exercise_page

        self._push(lambda: exercise_page(chapter, name))

    def open_training(
        self, chapter: Chapter, preset: str = "", settings: Sequence[str] = (), **more: str
    ) -> None:
        from dltutor.tui.screens.train import TrainForm

        self._push(lambda: TrainForm(chapter, preset, settings, **more))

    def open_run(self, run: Any) -> None:
        from dltutor.tui.screens.run import RunPage

        self._push(lambda: RunPage(run))

    def open_runs(self, chapter_id: str = "") -> None:
        from dltutor.tui.screens.runs import Runs

        self._push(lambda: Runs(chapter_id))

    def open_demo(self, chapter: Chapter, name: str = "", settings: Sequence[str] = ()) -> None:
        from dltutor.tui.screens.demo import DemoPage

        self._push(lambda: DemoPage(chapter, name, settings))

    def open_plugins(self) -> None:
        from dltutor.tui.screens.plugins import Plugins

        self.push_screen(Plugins())

    def open_doctor(self) -> None:
        from dltutor.tui.screens.doctor import Doctor

        self.push_screen(Doctor())

    def _push(self, make: Callable[[], Page]) -> None:
        """Opens a screen whose making reads files: what is wrong with them is a message."""
        try:
            self.push_screen(make())
        except TutorError as error:
            self.complain(error)

    def run_command(self, command: str, chapter: Chapter) -> bool:
        """Does in the screens what a ``dltutor ...`` command would do; False when it can not."""
        from dltutor.tui.commands import follow

        try:
            return follow(self, command, chapter)
        except TutorError as error:
            self.complain(error)
            return True

    # -- language, theme -------------------------------------------------------------------------

    async def speak(self, lang: str) -> None:
        """Changes the language and makes every open screen anew."""
        i18n.use(lang)
        os.environ["DLTUTOR_LANG"] = lang
        pages = [s for s in self.screen_stack if isinstance(s, Page)]
        fresh = [page.again() for page in pages]
        while len(self.screen_stack) > 1:
            await self.pop_screen()
        for page in fresh:
            await self.push_screen(page)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:  # noqa: ARG002
        from dltutor import registry

        yield SystemCommand(
            t("Settings"), t("Theme, language, editor, data."), self.action_open_settings
        )
        yield SystemCommand(t("Help"), t("The keys of this screen."), self.action_help)
        yield SystemCommand(t("Runs"), t("Training runs, alive and past."), self.open_runs)
        yield SystemCommand(t("Review"), t("The questions that are due."), self.open_review)
        yield SystemCommand(
            t("Chapters"), t("What is installed, and what is switched on."), self.open_plugins
        )
        yield SystemCommand(t("Doctor"), t("Check this machine."), self.open_doctor)
        for palette in themes.PALETTES.values():
            yield SystemCommand(
                t("Theme: {name}", name=t(palette.title)),
                t("Change the look."),
                self._themed(palette.name),
            )
        for chapter in registry.chapters():
            title = i18n.local(chapter.title)
            yield SystemCommand(
                title, i18n.local(chapter.summary), lambda c=chapter: self.open_chapter(c)
            )
        yield SystemCommand(t("Quit"), t("Leave; runs go on."), self.exit)

    def _themed(self, name: str) -> Callable[[], None]:
        def change() -> None:
            self.theme = name
            try:
                settings.save(theme=name)
            except TutorError as error:
                self.complain(error)

        return change


async def _after(nodes: Sequence[MessagePump], act: Callable[[], Awaitable[None]]) -> None:
    """Acts when each of the nodes, one after the other, has handled what it was sent so far."""
    for at, node in enumerate(nodes):
        if node.call_later(_after, nodes[at + 1 :], act):
            return
    await act()
