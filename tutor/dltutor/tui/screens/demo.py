"""A demo: its views, and the controls that its parameters make."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.timer import Timer
from textual.widget import Widget
from textual.worker import get_current_worker

from dltutor import drawing, registry
from dltutor.chapter import Chapter, Demo, Parameter, assign
from dltutor.drawing.inks import Line, Span
from dltutor.errors import UsageError
from dltutor.i18n import local, t
from dltutor.prose import command_lines
from dltutor.text import clean, wrap
from dltutor.tui.page import Overlay, Page, told
from dltutor.tui.widgets.block import Block
from dltutor.tui.widgets.controls import Controls, moved
from dltutor.tui.widgets.lines import Sheet
from dltutor.tui.widgets.menu import Menu, Row
from dltutor.tui.widgets.pad import Pad
from dltutor.tui.widgets.stick import Stick
from dltutor.views import Chart, Picture, View


class DemoPage(Page):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "play", "play"),
        Binding("p", "pad", "draw"),
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
    DemoPage #pad { display: none; margin: 0 0 0 2; }
    DemoPage.-wide #split, DemoPage.-drawing #split { layout: horizontal; }
    DemoPage.-drawing #pad { display: block; }
    DemoPage.-drawing #panel { display: none; }
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
        self.shown_settings: list[str] = []
        self.problem = ""
        self.busy = True
        self.wanted = 0
        self.words = False
        self.drawn = ""
        """the parameter that is being drawn"""
        self.fresh = True
        """whether a demo that remembers is to begin anew"""
        self.clock: Timer | None = None
        """of a demo that plays"""

    def again(self) -> Page:
        return DemoPage(self.chapter, self.demo.name, self.query_one(Controls).settings())

    def body(self) -> Iterable[Widget]:
        with Vertical(id="split"):
            yield Pad(id="pad")
            yield Stick(id="stick")
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
        busy: Line = [Span(t("computing"), "accent")] if self.busy and not self.clock else []
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
                self.from_thread(self.failed, told(error))
            return
        if not worker.is_cancelled:
            self.from_thread(self._loaded, known, values)

    def _loaded(self, known: tuple[Parameter, ...], values: dict[str, object]) -> None:
        controls = self.query_one(Controls)
        controls.load(known, values)
        controls.menu.focus()
        self.refresh_bindings()  # whether there is something to draw is known only now
        self.on_controls_changed()

    # -- the pad ------------------------------------------------------------------------------------

    @property
    def pads(self) -> list[Parameter]:
        """The parameters that can be drawn."""
        return [p for p in self.query_one(Controls).parameters if p.about.pad]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "pad":
            return self.is_mounted and not self.drawn and bool(self.pads)
        if action == "play":
            return bool(self.demo.rate) and not self.drawn
        if action in ("other", "reset", "describe") and self.clock and not self.demo.plays:
            return False  # while one steers, these keys are the demo's
        return super().check_action(action, parameters)

    def action_pad(self) -> None:
        if pads := self.pads:
            self.open_pad(pads[0])

    def on_controls_draw(self, message: Controls.Draw) -> None:
        self.open_pad(message.parameter)

    def open_pad(self, parameter: Parameter) -> None:
        """Puts the pad beside the views, in the place of the controls."""
        assert parameter.about.pad is not None
        self.drawn = parameter.name
        pad = self.query_one(Pad)
        pad.load(*parameter.about.pad, self.query_one(Controls).values[parameter.name])
        self.add_class("-drawing")
        pad.focus()

    def on_pad_changed(self, message: Pad.Changed) -> None:
        if self.drawn:
            self.query_one(Controls).put(self.drawn, message.text)

    def on_pad_left(self) -> None:
        self.drawn = ""
        self.remove_class("-drawing")
        self.query_one(Controls).menu.focus()

    # -- playing ------------------------------------------------------------------------------------

    def action_play(self) -> None:
        """Begins to play, or pauses."""
        if self.clock is not None:
            self.pause()
            return
        self.clock = self.set_interval(1 / self.demo.rate, self.tick)
        self.key_names = {"play": t("pause")}
        if not self.demo.plays:
            self.query_one(Stick).focus()
        self.refresh_bindings()

    def pause(self) -> None:
        if self.clock is None:
            return
        self.clock.stop()
        self.clock = None
        self.key_names = {}
        if self.query_one(Stick).has_focus:
            self.query_one(Controls).menu.focus()
        self.refresh_bindings()

    def on_stick_left(self) -> None:
        self.pause()

    def on_screen_suspend(self) -> None:
        self.pause()

    def tick(self) -> None:
        """One call of the clock; left out while the last one is being answered."""
        if self.busy:
            return
        if not self.demo.plays:
            self.compute(tick=True)
            return
        controls = self.query_one(Controls)
        parameter = next(p for p in controls.parameters if p.name == self.demo.plays)
        value = controls.values[parameter.name]
        further = moved(parameter, value, 1)
        if self.problem or further == value:
            self.pause()
        else:
            controls.put(parameter.name, further)

    def on_controls_changed(self) -> None:
        self.query_one("#command", Block).show(self.command_line)
        self.compute()

    def compute(self, tick: bool = False) -> None:
        """Asks for the views; of questions that pile up meanwhile only the last is asked."""
        self.wanted += 1
        self.busy = True
        self.say_head()
        live = None
        if self.demo.rate and not self.demo.plays:
            live = {"keys": self.query_one(Stick).take(), "tick": tick, "fresh": self.fresh}
            self.fresh = False
        self._compute(self.wanted, self.query_one(Controls).settings(), live)

    @work(thread=True, group="compute")
    def _compute(self, number: int, settings: list[str], live: dict[str, object] | None) -> None:
        hosts = self.tutor.hosts
        with hosts.turn:
            if number != self.wanted:
                return
            try:
                if live is None:
                    found = hosts.demo(self.chapter, self.demo.name, settings)
                else:
                    found = hosts.live(self.chapter, self.demo.name, settings, live)
                problem = ""
            except Exception as error:  # a chapter's code
                found, problem = [], told(error)
        if number == self.wanted:
            self.from_thread(self._computed, found, problem, settings)

    def _computed(self, found: Sequence[View], problem: str, settings: list[str]) -> None:
        self.busy = False
        self.problem = problem
        further = settings != self.shown_settings
        if self.demo.plays and self.clock is not None and further and found == self.shown:
            self.pause()  # it has come to its end
        if found:
            self.shown, self.shown_settings = found, settings
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
        rows = command_lines(self.copied(), columns - 4)
        return [[Span("   "), Span(row, "code")] for row in rows]

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
        self.fresh = True
        if self.drawn:
            self.query_one(Pad).cells.read(controls.values[self.drawn])
            self.query_one(Pad).refresh()
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
    each = max(7, left // large) if large else 0
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
