"""A demo: its views, and the controls that its parameters make."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widget import Widget
from textual.worker import get_current_worker

from dltutor import drawing, registry
from dltutor.chapter import Chapter, Demo, Parameter, assign
from dltutor.drawing.inks import Line, Span
from dltutor.errors import UsageError
from dltutor.i18n import local, t
from dltutor.text import clean, shorten, wrap
from dltutor.tui.page import Overlay, Page, told
from dltutor.tui.widgets.block import Block
from dltutor.tui.widgets.controls import Controls
from dltutor.tui.widgets.lines import Sheet
from dltutor.tui.widgets.menu import Menu, Row
from dltutor.views import Chart, Picture, View


class DemoPage(Page):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "other", "another demo"),
        Binding("z", "reset", "reset"),
        Binding("y", "app.copy", "copy the command"),
        Binding("w", "describe", "in words"),
    ]
    CSS = """
    DemoPage #views { height: 1fr; width: 1fr; padding: 0 0 0 2; }
    DemoPage #panel { height: auto; max-height: 50%; border-top: solid $rule; }
    DemoPage #panel Menu { max-height: 4; }
    DemoPage.-tall #panel Menu { max-height: 10; }
    DemoPage.-wide #panel Menu { max-height: 100%; }
    DemoPage.-wide #split { layout: horizontal; }
    DemoPage.-wide #panel { width: 56; height: 1fr; max-height: 100%; border-top: none; border-left: solid $rule; }
    """

    def __init__(self, chapter: Chapter, name: str = "", settings: Sequence[str] = ()) -> None:
        super().__init__()
        registry.require_packages(chapter)
        if not chapter.demos:
            raise UsageError(t("This chapter has no demo."))
        self.chapter = chapter
        self.demo = find_demo(chapter, name)
        self.begin = list(settings)
        self.shown: Sequence[View] = ()
        self.problem = ""
        self.busy = True
        self.wanted = 0
        self.words = False

    def again(self) -> Page:
        return DemoPage(self.chapter, self.demo.name, self.query_one(Controls).settings())

    def body(self) -> Iterable[Widget]:
        with Vertical(id="split"):
            yield Sheet(id="views")
            with VerticalScroll(id="panel", can_focus=False):
                yield Controls(id="controls")
                yield Block(self.command_line, id="command")

    def on_mount(self) -> None:
        self.say_head()
        self.query_one("#views", Sheet).resized = lambda: self.draw(keep=True)
        self.load()

    def say_head(self) -> None:
        number = f"{self.chapter.number} " if self.chapter.number is not None else ""
        busy: Line = [Span(t("computing"), "accent")] if self.busy else []
        self.head.say(
            f"{number}{clean(local(self.chapter.title))} · {clean(local(self.demo.title))}", busy
        )

    # -- asking the host ---------------------------------------------------------------------------

    @work(thread=True, exclusive=True, group="parameters")
    def load(self) -> None:
        """Asks for the controls, then for the views with the values one came with."""
        worker = get_current_worker()
        values = {}
        try:
            known: tuple[Parameter, ...] = self.tutor.hosts.parameters(self.chapter, self.demo.name)
            values = assign(known, self.begin)
        except UsageError as error:
            self.app.call_from_thread(self.complain, error)
        except Exception as error:  # a chapter's code, or its process
            if not worker.is_cancelled:
                self.app.call_from_thread(self.failed, told(error))
            return
        if not worker.is_cancelled:
            self.app.call_from_thread(self._loaded, known, values)

    def _loaded(self, known: tuple[Parameter, ...], values: dict[str, object]) -> None:
        if not self.is_mounted:
            return
        controls = self.query_one(Controls)
        controls.load(known, values)
        controls.menu.focus()
        self.compute()

    def on_controls_changed(self) -> None:
        self.query_one("#command", Block).show(self.command_line)
        self.compute()

    def compute(self) -> None:
        """Asks for the views; of questions that pile up meanwhile only the last is asked."""
        self.wanted += 1
        self.busy = True
        self.say_head()
        self._compute(self.wanted, self.query_one(Controls).settings())

    @work(thread=True, group="compute")
    def _compute(self, number: int, settings: list[str]) -> None:
        with self.tutor.hosts.turn:
            if number != self.wanted:
                return
            try:
                found = self.tutor.hosts.demo(self.chapter, self.demo.name, settings)
                problem = ""
            except Exception as error:  # a chapter's code
                found, problem = [], told(error)
        if number == self.wanted and self.is_mounted:
            self.app.call_from_thread(self._computed, found, problem)

    def _computed(self, found: Sequence[View], problem: str) -> None:
        self.busy = False
        self.problem = problem
        if found:
            self.shown = found
        self.say_head()
        self.draw(keep=True)

    def failed(self, problem: str) -> None:
        self.busy, self.problem = False, problem
        self.say_head()
        self.draw()

    # -- drawing ------------------------------------------------------------------------------------

    def draw(self, keep: bool = False) -> None:
        sheet = self.query_one("#views", Sheet)
        columns, rows = sheet.columns - 4, sheet.size.height
        if columns < 8 or rows < 2:
            return
        lines: list[Line] = []
        if self.problem:
            lines += [
                [Span("✗ ", "bad"), Span(line)] for line in wrap(self.problem, columns - 2)
            ] + [[]]
        elif not self.shown and self.busy:
            lines.append([Span(t("The demo is being prepared: its packages are loaded."), "muted")])
        if self.words:
            for view in self.shown:
                text = drawing.describe(view)
                lines += [
                    [Span(row)] for line in text.split("\n") for row in wrap(line, columns)
                ] + [[]]
        else:
            lines += laid_out(self.shown, columns, rows - len(lines), self.tutor.depth)
        sheet.show([[], *lines], keep=keep)

    def command_line(self, columns: int) -> list[Line]:
        return [[Span("   "), Span(shorten(self.copied(), columns - 4), "code")]]

    def copied(self) -> str:
        """The command that gives the same views."""
        words = ["dltutor", "demo", self.chapter.id, self.demo.name]
        for setting in self.query_one(Controls).settings():
            words += ["--set", setting]
        return shlex.join(words)

    # -- actions -------------------------------------------------------------------------------------

    def action_reset(self) -> None:
        controls = self.query_one(Controls)
        controls.load(controls.parameters, {})
        self.on_controls_changed()

    def action_describe(self) -> None:
        self.words = not self.words
        self.draw()

    def action_other(self) -> None:
        def chosen(name: object) -> None:
            if isinstance(name, str) and name != self.demo.name:
                self.app.switch_screen(DemoPage(self.chapter, name))

        self.app.push_screen(Demos(self.chapter, self.demo.name), chosen)


class Demos(Overlay):
    """The demos of a chapter."""

    def __init__(self, chapter: Chapter, here: str) -> None:
        super().__init__()
        self.chapter, self.here = chapter, here

    def body(self) -> Iterable[Widget]:
        yield Menu()

    def on_mount(self) -> None:
        menu = self.query_one(Menu)
        menu.fill(
            [Row([Span(clean(local(d.title)))], [], d.name) for d in self.chapter.demos], self.here
        )
        menu.focus()

    def on_menu_chosen(self, message: Menu.Chosen) -> None:
        self.dismiss(message.value)


def find_demo(chapter: Chapter, name: str) -> Demo:
    """The demo of that name, or the first; a near miss suggests."""
    if not name:
        return chapter.demos[0]
    for demo in chapter.demos:
        if demo.name == name:
            return demo
    from difflib import get_close_matches

    near = get_close_matches(name, [d.name for d in chapter.demos], n=1)
    raise UsageError(
        t("{chapter} has no demo {name!r}", chapter=chapter.id, name=name),
        t("did you mean {near}?", near=near[0])
        if near
        else ", ".join(d.name for d in chapter.demos),
    )


def laid_out(shown: Sequence[View], columns: int, rows: int, depth: int) -> list[Line]:
    """The views one below the other, charts and pictures sharing the height that texts leave."""
    texts = {
        i: drawing.draw_lines(view, columns, 1000, depth=depth)
        for i, view in enumerate(shown)
        if not isinstance(view, Chart | Picture)
    }
    large = len(shown) - len(texts)
    left = rows - 1 - sum(len(lines) for lines in texts.values()) - max(0, len(shown) - 1)
    side_by_side = large == 2 and columns >= 72 and left < 30
    if side_by_side:
        return _beside(shown, columns, max(8, left + 1), depth, texts)
    each = max(8, left // large) if large else 0
    lines: list[Line] = []
    for index, view in enumerate(shown):
        if lines:
            lines.append([])
        lines += texts.get(index) or drawing.draw_lines(view, columns, each, depth=depth)
    return lines


def _beside(
    shown: Sequence[View], columns: int, rows: int, depth: int, texts: dict[int, list[Line]]
) -> list[Line]:
    """Two pictures or charts side by side, the texts below them."""
    from dltutor.text import width

    pair = [view for i, view in enumerate(shown) if i not in texts]
    first = 30 if isinstance(pair[0], Picture) else (columns - 3) // 2
    drawn = [drawing.draw_lines(pair[0], first, rows, depth=depth)]
    used = max((sum(width(s.text) for s in line) for line in drawn[0]), default=0)
    first = min(first, max(used, 8))
    drawn.append(drawing.draw_lines(pair[1], columns - first - 3, rows, depth=depth))
    lines: list[Line] = []
    for n in range(max(len(d) for d in drawn)):
        a = drawn[0][n] if n < len(drawn[0]) else []
        b = drawn[1][n] if n < len(drawn[1]) else []
        gap = first - sum(width(s.text) for s in a) + 3
        lines.append([*a, Span(" " * max(1, gap)), *b])
    for index in texts:
        lines += [[], *texts[index]]
    return lines
