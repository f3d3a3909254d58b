"""Home: the chapters, how far one is, and what to do next."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.worker import get_current_worker

from dltutor import content, registry
from dltutor.drawing.inks import Span
from dltutor.errors import TutorError
from dltutor.i18n import current, local, t
from dltutor.text import clean, pad, width
from dltutor.tui.page import Page
from dltutor.tui.widgets.menu import Menu, Row

if TYPE_CHECKING:
    from dltutor.chapter import Chapter
    from dltutor.learning.progress import Position
    from dltutor.runs.folder import RunFolder


@dataclass(frozen=True, slots=True)
class Standing:
    """A chapter's figures: done and all of lessons, questions, exercises."""

    lessons: tuple[int, int]
    questions: tuple[int, int]
    exercises: tuple[int, int]

    @property
    def sign(self) -> tuple[str, str]:
        pairs = (self.lessons, self.questions, self.exercises)
        if all(done >= whole for done, whole in pairs) and any(whole for _, whole in pairs):
            return "✓", "good"
        return ("◐", "accent") if any(done for done, _ in pairs) else ("·", "muted")


@dataclass(frozen=True, slots=True)
class Next:
    """What to do next: where to continue, what is due, what runs."""

    position: Position | None = None
    title: str = ""
    due: int = 0
    runs: tuple[tuple[RunFolder, str], ...] = ()


SECONDS_BETWEEN_DIGITS = 1.5
"""of a number that is typed"""


class Home(Page):
    """The first screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "search"),
        Binding("c", "proceed", "continue"),
        Binding("r", "review", "review"),
        Binding("t", "runs", "runs"),
        Binding("q", "app.quit", "quit"),
        Binding("f2", "app.open_settings", "settings"),
        Binding("d", "doctor", "doctor"),
        Binding("escape", "nothing", show=False),
        *(
            Binding(str(d), f"number('{d}')", "chapter of this number", show=False)
            for d in range(10)
        ),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.standings: dict[str, Standing | str] = {}
        self.next = Next()
        self._number = ""
        self._number_at = 0.0

    def body(self) -> Iterable[Widget]:
        yield Menu(id="home")

    def on_mount(self) -> None:
        self.head.say("dltutor")
        self.fill()

    def on_screen_resume(self) -> None:
        self.look()
        self.query_one(Menu).focus()

    @work(thread=True, exclusive=True)
    def look(self) -> None:
        """Reads progress, contents and runs, and shows them as they are known."""
        worker = get_current_worker()
        progress = self.tutor.progress
        position = progress.last()
        due = [
            q for q in progress.due() if q.partition("/")[0] in {c.id for c in registry.chapters()}
        ]
        self._show_next(position, len(due), ())
        for number, chapter in enumerate(registry.chapters()):
            if worker.is_cancelled:
                return
            try:
                whole, done = content.counts(chapter), progress.counts(chapter.id)
                self.standings[chapter.id] = Standing(
                    (min(done.lessons_read, whole.lessons), whole.lessons),
                    (min(done.questions_right, whole.questions), whole.questions),
                    (min(done.exercises_passed, whole.exercises), whole.exercises),
                )
            except TutorError as error:
                self.standings[chapter.id] = error.message
            if number % 50 == 49:
                self.from_thread(self.fill)
        self._show_next(position, len(due), _running())
        for notice in progress.take_notices():
            self.app.call_from_thread(self.tutor.tell, notice)

    def _show_next(
        self, position: Position | None, due: int, runs: tuple[tuple[RunFolder, str], ...]
    ) -> None:
        title = ""
        if position is not None:
            try:
                chapter = registry.find(position.chapter_id)
                lesson = content.find_lesson(chapter, position.lesson, current())
                number = f"{chapter.number} " if chapter.number is not None else ""
                title = f"{number}{local(chapter.title)} · {lesson.title}"
            except TutorError:
                position = None
        self.next = Next(position, title, due, runs)
        self.from_thread(self.fill)

    def fill(self) -> None:
        """Shows what is known now."""
        menu = self.query_one(Menu)
        heads = [t("lessons"), t("quiz"), t("exercises")]
        sizes = [max(width(head), 7) for head in heads]
        rows = self._next_rows()
        header = [
            Span(
                "".join("  " + pad(h, s, "right") for h, s in zip(heads, sizes, strict=True)),
                "muted",
            )
        ]
        rows.append(Row([], header))
        for entry in registry.entries():
            chapter = entry.chapter
            if chapter is not None:
                rows.append(self._chapter_row(chapter, sizes))
            elif entry.enabled:
                why = f"! {clean(entry.problem)}"
                rows.append(
                    Row([Span(f" !  {entry.name}  ", "warn"), Span(why, "muted")], [], None)
                )
        if not registry.chapters():
            rows.append(Row([Span(t("No chapter is installed."), "muted")]))
        menu.fill(rows)
        right: list[Span] = []
        if self.next.due:
            right.append(Span(t("reviews {count}", count=self.next.due) + "   ", "accent"))
        if self.next.runs:
            right.append(Span(t("runs {count}", count=len(self.next.runs)), "accent"))
        self.head.say("dltutor", right)

    def _next_rows(self) -> list[Row]:
        label = max(width(t(word)) for word in ("Continue", "Review", "Running", "Start")) + 2
        rows: list[Row] = [Row([])]
        if self.next.position is not None:
            rows.append(_next_row(t("Continue"), label, self.next.title, "c", ("continue", "")))
        elif registry.chapters():
            first = registry.chapters()[0]
            text = t("{title}: the first lesson", title=local(first.title))
            rows.append(_next_row(t("Start"), label, text, "c", ("continue", "")))
        if self.next.due:
            minutes = max(1, round(self.next.due * 0.7))
            due = t(
                "{count} questions are due, about {minutes} min",
                count=self.next.due,
                minutes=minutes,
            )
            if self.next.due == 1:
                due = t("1 question is due, about 1 min")
            rows.append(_next_row(t("Review"), label, due, "r", ("review", "")))
        for run, text in self.next.runs[:3]:
            rows.append(_next_row(t("Running"), label, text, "t", ("run", run.id)))
        if len(rows) > 1:
            rows.append(Row([]))
        return rows

    def _chapter_row(self, chapter: Chapter, sizes: list[int]) -> Row:
        standing = self.standings.get(chapter.id)
        number = str(chapter.number) if chapter.number is not None else t("my")
        missing = registry.missing_packages(chapter)
        sign, ink = standing.sign if isinstance(standing, Standing) else ("·", "muted")
        if missing:
            sign, ink = "!", "warn"
        right: list[Span] = []
        if missing:
            right.append(
                Span(
                    " " + t("needs {what}", what=chapter.install or ", ".join(missing)) + "  ",
                    "warn",
                )
            )
        if isinstance(standing, Standing):
            pairs = (standing.lessons, standing.questions, standing.exercises)
            for (done, whole), size in zip(pairs, sizes, strict=True):
                text = f"{done}/{whole}" if whole else "–"
                full = whole > 0 and done >= whole
                right.append(
                    Span(
                        "  " + pad(text, size, "right"), "good" if full else "" if done else "muted"
                    )
                )
        elif isinstance(standing, str):
            right.append(Span(standing, "warn"))
        left = [Span(pad(number, 2, "right") + "  "), Span(clean(local(chapter.title)))]
        return Row(left, [Span("  " + sign, ink), *right], ("chapter", chapter.id))

    # -- ways -----------------------------------------------------------------------------------

    def on_menu_chosen(self, message: Menu.Chosen) -> None:
        kind, name = message.value
        if kind == "continue":
            self.action_proceed()
        elif kind == "review":
            self.action_review()
        elif kind == "run":
            from dltutor.runs.folder import find_run

            try:
                self.tutor.open_run(find_run(name))
            except TutorError as error:  # removed meanwhile
                self.complain(error)
        else:
            self.tutor.open_chapter(registry.find(name))

    def action_proceed(self) -> None:
        position = self.next.position
        try:
            if position is not None:
                chapter = registry.find(position.chapter_id)
                self.tutor.open_lesson(chapter, position.lesson, position.place)
            elif registry.chapters():
                chapter = registry.chapters()[0]
                lessons = content.lessons(chapter, current())
                if lessons:
                    self.tutor.open_lesson(chapter, lessons[0].slug)
        except TutorError as error:
            self.complain(error)

    def action_review(self) -> None:
        self.tutor.open_review()

    def action_runs(self) -> None:
        self.tutor.open_runs()

    def action_doctor(self) -> None:
        self.tutor.open_doctor()

    def action_search(self) -> None:
        from dltutor.tui.screens.search import Search

        self.app.push_screen(Search())

    def action_number(self, digit: str) -> None:
        """The cursor goes to the chapter of a number; a second digit soon after makes it longer."""
        now = time.monotonic()
        menu = self.query_one(Menu)
        rows = {
            str(registry.find(row.value[1]).number): index
            for index, row in enumerate(menu.rows)
            if row.value is not None and row.value[0] == "chapter"
        }
        longer = self._number + digit if now - self._number_at < SECONDS_BETWEEN_DIGITS else digit
        self._number = longer if longer in rows else digit
        self._number_at = now
        if self._number in rows:
            menu.go(rows[self._number])

    def action_nothing(self) -> None:
        """Esc does not leave the program."""


def _next_row(label: str, columns: int, text: str, key: str, value: tuple[str, str]) -> Row:
    return Row([Span(pad(label, columns), "accent"), Span(text)], [Span(key, "key")], value)


def _running() -> tuple[tuple[RunFolder, str], ...]:
    """The runs at work, newest first, each in a few words."""
    from dltutor.runs import lock
    from dltutor.runs.folder import newest
    from dltutor.tui.runlines import brief

    found = []
    try:
        for run in islice(newest(), 200):
            if lock.is_held(run.lock_file):
                found.append((run, brief(run)))
    except TutorError:
        pass
    return tuple(found)
