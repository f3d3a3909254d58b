"""A run, alive or past: its curves, figures and log. Leaving the screen leaves the run alone."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import events, work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.worker import get_current_worker

from dltutor import registry
from dltutor.drawing.inks import Line, Span
from dltutor.errors import TutorError
from dltutor.i18n import local, t
from dltutor.runs import launch
from dltutor.runs.folder import RunFolder, newest
from dltutor.text import clean, pad, shorten, width, wrap
from dltutor.tui.follower import FRAME, SHARE, SMOOTHING, Follower, Sight, figure_lines, read_off
from dltutor.tui.page import Overlay, Page
from dltutor.tui.runlines import STATES, state_word
from dltutor.tui.widgets.block import Block
from dltutor.tui.widgets.controls import text_of
from dltutor.tui.widgets.lines import Sheet
from dltutor.tui.widgets.menu import Menu, Row


class RunPage(Page):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "pause", "pause"),
        Binding("u", "resume", "resume"),
        Binding("x", "stop", "stop"),
        Binding("m", "metric", "metric"),
        Binding("g", "log_scale", "log scale"),
        Binding("w", "smooth", "smooth"),
        Binding("c", "compare", "compare"),
        Binding("i", "picture", "pictures"),
        Binding("k", "configuration", "configuration"),
        Binding("n", "new", "new run"),
        Binding("left", "read(-1)", "read the curves", show=False, priority=True),
        Binding("right", "read(1)", "read the curves", show=False, priority=True),
    ]
    CSS = """
    RunPage #top { height: 1fr; }
    RunPage #curves { width: 1fr; height: 1fr; padding: 0 1; }
    RunPage #figures { width: 28; height: 1fr; padding: 0 2 0 1; }
    RunPage #log { height: 7; border-top: solid $rule; padding: 0 0 0 1; }
    RunPage.-wide #log { height: 10; }
    """

    def __init__(self, run: RunFolder) -> None:
        super().__init__()
        self.run_folder = run
        self.spec = run.spec
        self.chapter = next((c for c in registry.chapters() if c.id == self.spec.chapter), None)
        best = self.chapter.training.best if self.chapter and self.chapter.training else ""
        self.follower = Follower(run, best)
        self.sight = Sight()
        self.smoothing = 0
        self.column: int | None = None
        """where the curves are read off"""

    def again(self) -> Page:
        return RunPage(self.run_folder)

    def body(self) -> Iterable[Widget]:
        with Vertical():
            with Horizontal(id="top"):
                yield Block(self.curves, id="curves")
                yield Block(lambda columns: figure_lines(self.sight, columns), id="figures")
            yield Sheet(id="log")

    def on_mount(self) -> None:
        self.say_head()
        self.query_one("#log", Sheet).focus()
        self.follow()

    def on_resize(self) -> None:
        self.say_head()
        self.call_after_refresh(self.measure)

    def measure(self) -> None:
        """Tells the follower how large everything is."""
        curves = self.query_one("#curves", Block)
        self.follower.ask(
            columns=curves.content_size.width,
            rows=curves.content_size.height,
            log_columns=self.query_one("#log", Sheet).columns,
            depth=self.tutor.depth,
        )

    @work(thread=True, exclusive=True, group="follow")
    def follow(self) -> None:
        """Looks at the run ten times a second, and less often once it has ended.

        A large window costs more to draw: a frame then waits until all that the program did for
        the one before, on whatever thread, was at most SHARE of a core.
        """
        worker = get_current_worker()
        spent = time.process_time()
        while not worker.is_cancelled:
            began = time.monotonic()
            sight = self.follower.look()
            if sight is not None and not worker.is_cancelled:
                self.from_thread(self.show_sight, sight)
            if self.follower.behind:
                # as long as the piece took belongs to the screens' thread
                time.sleep(min(0.5, time.monotonic() - began))
                continue
            pause = FRAME if self.follower.summary.ended is None else 5 * FRAME
            self.follower.wake.wait(max(FRAME / 5, pause - (time.monotonic() - began)))
            now = time.process_time()
            owed = (now - spent) / SHARE - (time.monotonic() - began)
            if owed > 0:
                self.follower.wake.wait(min(owed, 1.0))
            spent = now

    def on_unmount(self) -> None:
        self.follower.wake.set()

    def show_sight(self, sight: Sight) -> None:
        before = self.sight
        self.sight = sight
        self.query_one("#curves", Block).show(self.curves)
        self.query_one("#figures", Block).show(lambda columns: figure_lines(self.sight, columns))
        log = self.query_one("#log", Sheet)
        if len(sight.log) != len(before.log) or sight.log[-1:] != before.log[-1:]:
            log.show(sight.log, keep=True, end=log.following or not before.log)
        if sight.state != before.state:
            self.say_head()
            self.refresh_bindings()
            if before.state == "running" and sight.state in (
                "finished",
                "failed",
                "stopped",
                "paused",
                "vanished",
            ):
                sign, _ = STATES[sight.state]
                self.tutor.tell(f"{sign} {self.run_folder.id} {state_word(sight.state)}")

    def curves(self, columns: int) -> list[Line]:
        """The chart, with what is read off it."""
        plot = self.sight.plot
        if plot is None or self.column is None or not plot.left <= self.column <= plot.right:
            return self.sight.chart
        return read_off(self.sight.chart, plot, self.column, columns)

    def read_at(self, column: int | None) -> None:
        plot = self.sight.plot
        if plot is None or column is None or not plot.left <= column <= plot.right:
            column = None
        if column != self.column:
            self.column = column
            self.query_one("#curves", Block).show(self.curves)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        region = self.query_one("#curves", Block).content_region
        inside = region.contains(event.screen_x, event.screen_y)
        self.read_at(event.screen_x - region.x if inside else None)

    def action_read(self, direction: int) -> None:
        """Moves where the curves are read off; over an edge of the chart the reading ends."""
        plot = self.sight.plot
        if plot is None:
            return
        start = plot.right + 1 if direction < 0 else plot.left - 1
        self.read_at((start if self.column is None else self.column) + direction)

    def say_head(self) -> None:
        title = self.spec.chapter
        if self.chapter is not None:
            number = f"{self.chapter.number} " if self.chapter.number is not None else ""
            title = f"{number}{clean(local(self.chapter.title))}"
        label = clean(str(self.spec.data.get("label") or self.spec.data.get("kind") or ""))
        short = str(self.spec.data.get("kind") or "")
        title = f"{title} · {t('run')}"
        room = self.size.width - width(title) - width(self.spec.preset + self.run_folder.id) - 14
        what = shorten(label, room) if room >= 30 else short
        self.head.say(title, [Span(f"{self.spec.preset}   {what}   {self.run_folder.id}", "muted")])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        state = self.sight.state
        if action in ("stop", "pause"):
            return state in ("running", "waiting")
        if action == "resume":
            return state in ("stopped", "paused", "failed", "vanished")
        if action == "picture":
            return bool(self.sight.pictures)
        if action == "new":
            return state not in ("running", "waiting") and self.chapter is not None
        return True

    # -- actions ----------------------------------------------------------------------------------

    def action_stop(self) -> None:
        self.tutor.tell(t("The run saves and stops."))
        self.end(launch.stop)

    def action_pause(self) -> None:
        self.tutor.tell(t("The run saves and makes room; u goes on with it."))
        self.end(launch.pause)

    @work(thread=True, group="stop")
    def end(self, how: Callable[[RunFolder], bool]) -> None:
        try:
            if not how(self.run_folder):
                self.app.call_from_thread(
                    self.tutor.tell, t("The run did not answer and was ended.")
                )
        except TutorError as error:
            self.app.call_from_thread(self.complain, error)

    @work(thread=True, group="resume")
    def action_resume(self) -> None:
        try:
            launch.resume(self.run_folder, gently=True)
        except (TutorError, OSError) as error:
            self.app.call_from_thread(self.complain, error)
            return
        self.follower.restart()

    def action_metric(self) -> None:
        self.follower.ask(
            group=self.follower.wish.group + (self.follower.wish.picture < 0), picture=-1
        )

    def action_log_scale(self) -> None:
        self.follower.ask(log_y=not self.follower.wish.log_y)

    def action_smooth(self) -> None:
        self.smoothing = (self.smoothing + 1) % len(SMOOTHING)
        self.follower.ask(smoothing=SMOOTHING[self.smoothing])
        off = t("off") if not self.smoothing else f"{SMOOTHING[self.smoothing]:g}"
        self.tutor.tell(t("smoothing {value}", value=off))

    def action_picture(self) -> None:
        wish = self.follower.wish
        last = len(self.sight.pictures) - 1
        self.follower.ask(picture=wish.picture + 1 if wish.picture < last else -1)

    def action_compare(self) -> None:
        def chosen(found: object) -> None:
            if isinstance(found, RunFolder):
                self.overlay(found)
            elif found == "none":
                self.follower.compare(())

        self.app.push_screen(Compare(self.run_folder), chosen)

    @work(thread=True, group="compare")
    def overlay(self, run: RunFolder) -> None:
        self.follower.compare([run])

    def action_configuration(self) -> None:
        self.app.push_screen(Configuration(self.run_folder))

    def action_new(self) -> None:
        if self.chapter is None:
            return
        from dltutor.tui.screens.train import TrainForm

        training = launch.training_of(self.chapter)
        preset = self.spec.preset if self.spec.preset in training.presets else "standard"
        self.app.switch_screen(TrainForm(self.chapter, preset))

    def copied(self) -> str:
        return shlex.join(["dltutor", "runs", "show", self.run_folder.id])


class Compare(Overlay):
    """Another run of the same chapter."""

    def __init__(self, run: RunFolder) -> None:
        super().__init__()
        self.run_folder = run

    def body(self) -> Iterable[Widget]:
        yield Block(lambda _: [[Span(t("Compare with"), "title")], []])
        yield Menu()

    def on_mount(self) -> None:
        self.query_one(Menu).focus()
        self.read()

    @work(thread=True)
    def read(self) -> None:
        from dltutor.tui.screens.runs import row_of

        rows = []
        try:
            for run in newest(self.run_folder.spec.chapter):
                if run.id != self.run_folder.id:
                    row = row_of(run, 60)
                    rows.append(Row(row.left, row.right, run))
        except TutorError:
            pass
        if not rows:
            rows = [Row([Span(t("There is no other run of this chapter."), "muted")])]
        else:
            rows.append(Row([Span(t("none"), "muted")], [], "none"))
        self.from_thread(lambda: self.query_one(Menu).fill(rows))

    def on_menu_chosen(self, message: Menu.Chosen) -> None:
        self.dismiss(message.value)


class Configuration(Overlay):
    """Everything that decided the run."""

    def __init__(self, run: RunFolder) -> None:
        super().__init__()
        self.run_folder = run

    def body(self) -> Iterable[Widget]:
        yield Sheet(self.rows())

    def rows(self) -> list[Line]:
        spec = self.run_folder.spec
        pairs: list[tuple[str, str]] = [
            (name, text_of(value)) for name, value in spec.config.items()
        ]
        general = [
            (t("preset"), spec.preset),
            (t("data"), str(spec.data.get("label") or spec.data.get("kind"))),
            (t("device"), spec.device),
            (t("precision"), spec.precision),
            (t("seed"), str(spec.seed)),
            (t("made"), spec.created),
            (t("folder"), str(self.run_folder.path)),
        ]
        names = max(width(name) for name, _ in [*pairs, *general]) + 2
        lines: list[Line] = [
            [Span(t("Configuration of {run}", run=self.run_folder.id), "title")],
            [],
        ]
        for name, value in [*pairs, ("", ""), *general]:
            first, *rest = wrap(clean(value), max(8, self.columns - names))
            lines.append([Span(pad(name, names), "muted"), Span(first)])
            lines += [[Span(" " * names), Span(row)] for row in rest]
        return lines
