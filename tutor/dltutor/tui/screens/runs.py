"""The runs there are, newest first."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.worker import get_current_worker

from dltutor.drawing.inks import Span
from dltutor.drawing.numbers import figure
from dltutor.errors import TutorError
from dltutor.i18n import t
from dltutor.runs import launch
from dltutor.runs.folder import RunFolder, find_run, newest
from dltutor.text import clean, pad
from dltutor.tui.page import Page
from dltutor.tui.runlines import STATES, last_event, state_word
from dltutor.tui.widgets.menu import Menu, Row

AT_ONCE = 20


def row_of(run: RunFolder, columns: int = 80) -> Row:
    """A run's sign, name, chapter, preset, state and what it reached."""
    try:
        spec = run.spec
        state = run.state()
        if state != "running" and launch.alive(run):
            state = "running"
    except TutorError as error:
        return Row(
            [Span("? ", "bad"), Span(run.id + "  "), Span(clean(error.message), "warn")], [], run.id
        )
    sign, ink = STATES.get(state, ("?", "bad"))
    result = run.result() or {}
    metrics = result.get("metrics") or {}
    reached = ""
    chosen = next(
        (n for n in metrics if n.startswith("test_") and "loss" not in n), next(iter(metrics), "")
    )
    if chosen and metrics[chosen] is not None:
        reached = f"{chosen} {figure(float(metrics[chosen]))}"
    elif state in ("running", "paused", "stopped", "vanished"):
        event = last_event(run, ("progress",)) or {}
        if event.get("steps"):
            reached = t(
                "step {step} of {steps}", step=f"{event['step']:,}", steps=f"{event['steps']:,}"
            )
    made = spec.created[:16].replace("T", " ")
    left = [
        Span(f"{sign} ", ink),
        Span(pad(run.id, 10)),
        Span(pad(spec.chapter, 11), "muted"),
        Span(pad(spec.preset, 10)),
    ]
    if columns >= 100:
        left.append(Span(made, "muted"))
    return Row(left, [Span(reached + "  "), Span(pad(state_word(state), 8, "right"), ink)], run.id)


class Runs(Page):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "pause", "pause"),
        Binding("u", "resume", "resume"),
        Binding("x", "stop", "stop"),
        Binding("f5", "look", "look again"),
    ]

    def __init__(self, chapter_id: str = "") -> None:
        super().__init__()
        self.chapter_id = chapter_id

    def again(self) -> Page:
        return Runs(self.chapter_id)

    def body(self) -> Iterable[Widget]:
        yield Menu(id="runs")

    def on_mount(self) -> None:
        self.head.say(t("Runs"), self.chapter_id)
        self.query_one(Menu).focus()

    def on_screen_resume(self) -> None:
        self.read()

    @work(thread=True, exclusive=True)
    def read(self) -> None:
        """Reads the newest first and shows them as they come: there may be thousands."""
        worker = get_current_worker()
        rows: list[Row] = [Row([])]
        try:
            for number, run in enumerate(newest(self.chapter_id)):
                if worker.is_cancelled:
                    return
                rows.append(row_of(run, self.size.width))
                if number + 1 == AT_ONCE or number % 2000 == 1999:
                    self.from_thread(self.fill, list(rows))
        except TutorError as error:
            self.app.call_from_thread(self.complain, error)
            return
        if len(rows) == 1:
            none = t("There are no runs yet. A chapter's training begins with t.")
            rows.append(Row([Span(none, "muted")]))
        self.from_thread(self.fill, rows)

    def fill(self, rows: list[Row]) -> None:
        self.query_one(Menu).fill(rows)
        self.head.say(t("Runs"), t("{count} runs", count=sum(r.value is not None for r in rows)))

    def on_menu_chosen(self, message: Menu.Chosen) -> None:
        try:
            self.tutor.open_run(find_run(message.value))
        except TutorError as error:
            self.complain(error)

    @work(thread=True, group="act")
    def action_stop(self) -> None:
        self._act(launch.stop)

    @work(thread=True, group="act")
    def action_pause(self) -> None:
        self._act(launch.pause)

    @work(thread=True, group="act")
    def action_resume(self) -> None:
        self._act(partial(launch.resume, gently=True))

    def _act(self, what: object) -> None:
        name = self.query_one(Menu).value
        if not name:
            return
        try:
            what(find_run(name))  # type: ignore[operator]
        except (TutorError, OSError) as error:
            self.app.call_from_thread(self.complain, error)
        self.from_thread(self.read)

    def action_look(self) -> None:
        self.read()
