"""One chapter: its lessons, questions, exercises, demos and runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from dltutor import content, paths, registry
from dltutor.chapter import Chapter
from dltutor.drawing.inks import Line, Span
from dltutor.errors import TutorError
from dltutor.i18n import current, local, t
from dltutor.settings import write_whole
from dltutor.text import clean, wrap
from dltutor.tui.page import Page
from dltutor.tui.widgets.menu import Menu, Row

if TYPE_CHECKING:
    from dltutor.learning.progress import Note


class ChapterPage(Page):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("u", "quiz", "quiz"),
        Binding("e", "exercise", "exercise"),
        Binding("d", "demo", "demo"),
        Binding("t", "train", "train"),
        Binding("r", "runs", "runs"),
        Binding("w", "write", "write the notes", show=False),
        Binding("delete,backspace", "remove", "remove a note", show=False),
    ]

    def __init__(self, chapter: Chapter) -> None:
        super().__init__()
        self.chapter = chapter

    def again(self) -> Page:
        return ChapterPage(self.chapter)

    def body(self) -> Iterable[Widget]:
        yield Menu(id="chapter")

    def on_mount(self) -> None:
        number = f"{self.chapter.number} " if self.chapter.number is not None else ""
        self.head.say(f"{number}{clean(local(self.chapter.title))}")

    def on_screen_resume(self) -> None:
        self.fill()
        self.query_one(Menu).focus()

    def on_resize(self) -> None:
        self.fill()

    def fill(self) -> None:
        rows = [Row([]), *self._summary()]
        for part in (
            self._lessons,
            self._questions,
            self._exercises,
            self._demos,
            self._training,
            self._notes,
        ):
            try:
                rows += part()
            except TutorError as error:
                rows += [
                    Row([Span(line, "warn")])
                    for line in wrap(str(error), max(20, self.size.width - 8))
                ]
        self.query_one(Menu).fill(rows)

    def _summary(self) -> list[Row]:
        columns = min(84, max(20, self.size.width - 8))
        rows = [
            Row([Span(line, "muted")]) for line in wrap(clean(local(self.chapter.summary)), columns)
        ]
        missing = registry.missing_packages(self.chapter)
        if missing:
            command = registry.install_command(self.chapter.install or " ".join(missing))
            text = t(
                "Training, demos and exercises need {what}. Install them with:",
                what=", ".join(missing),
            )
            rows += [Row([]), Row([Span("! " + text, "warn")]), Row([Span("  " + command, "code")])]
        return rows

    def _lessons(self) -> list[Row]:
        found = content.lessons(self.chapter, current())
        read = self.tutor.progress.lessons(self.chapter.id)
        last = self.tutor.progress.position(self.chapter.id)
        rows = [Row([]), Row([Span(t("Lessons"), "muted")])]
        for lesson in found:
            sign: Span = Span("✓ ", "good") if lesson.slug in read else Span("· ", "muted")
            here: Line = (
                [Span(t("here") + "  ", "accent")] if last and last.lesson == lesson.slug else []
            )
            minutes = t("{minutes} min", minutes=lesson.minutes)
            left = [sign, Span(f"{lesson.number}  "), Span(clean(lesson.title))]
            rows.append(Row(left, [*here, Span(minutes, "muted")], ("lesson", lesson.slug)))
        return rows

    def _questions(self) -> list[Row]:
        whole = content.counts(self.chapter).questions
        if not whole:
            return []
        done = min(self.tutor.progress.counts(self.chapter.id).questions_right, whole)
        sign = (
            Span("✓ ", "good")
            if done >= whole
            else Span("◐ ", "accent")
            if done
            else Span("· ", "muted")
        )
        figures = t("{done} of {whole} right", done=done, whole=whole)
        return [
            Row([]),
            Row([Span(t("Questions"), "muted")]),
            Row(
                [sign, Span(t("Quiz"))],
                [Span(figures + "  ", "muted"), Span("u", "key")],
                ("quiz", ""),
            ),
        ]

    def _exercises(self) -> list[Row]:
        from dltutor.learning.exercises import exercises

        passed = self.tutor.progress.exercises(self.chapter.id)
        rows = [
            Row(
                [_sign(passed.get(e.id)), Span(clean(local(e.title)))],
                [Span(t("find the fault"), "warn")] if e.bughunt else [],
                ("exercise", e.id),
            )
            for e in exercises(self.chapter)
        ]
        return [Row([]), Row([Span(t("Exercises"), "muted")]), *rows] if rows else []

    def _demos(self) -> list[Row]:
        rows = [
            Row([Span("◇ ", "muted"), Span(clean(local(d.title)))], [], ("demo", d.name))
            for d in self.chapter.demos
        ]
        return [Row([]), Row([Span(t("Demos"), "muted")]), *rows] if rows else []

    def _notes(self) -> list[Row]:
        titles = {x.slug: x.title for x in content.lessons(self.chapter, current())}
        rows = [
            Row(
                [Span("⚑ ", "accent"), Span(clean(note.text) or t("bookmark"))],
                [Span(clean(titles.get(note.lesson, note.lesson)), "muted")],
                ("note", note.id),
            )
            for note in self.tutor.progress.notes(self.chapter.id)
        ]
        keys = t("w writes them to a file, Del removes one")
        head = Row([Span(t("Bookmarks and notes"), "muted")], [Span(keys, "muted")])
        return [Row([]), head, *rows] if rows else []

    def _training(self) -> list[Row]:
        if self.chapter.training is None:
            return []
        presets = ", ".join(self.chapter.training.presets)
        return [
            Row([]),
            Row([Span(t("Training"), "muted")]),
            Row(
                [Span("▷ ", "muted"), Span(t("Train"))],
                [Span(presets + "  ", "muted"), Span("t", "key")],
                ("train", ""),
            ),
            Row([Span("≡ ", "muted"), Span(t("Earlier runs"))], [Span("r", "key")], ("runs", "")),
        ]

    def on_menu_chosen(self, message: Menu.Chosen) -> None:
        kind, name = message.value
        try:
            if kind == "lesson":
                last = self.tutor.progress.position(self.chapter.id)
                place = last.place if last and last.lesson == name and last.place < 0.99 else 0.0
                self.tutor.open_lesson(self.chapter, name, place)
            elif kind == "exercise":
                self.tutor.open_exercise(self.chapter, name)
            elif kind == "note":
                note = self._note(name)
                if note is not None:
                    self.tutor.open_lesson(self.chapter, note.lesson, note.place)
            elif kind == "demo":
                self.tutor.open_demo(self.chapter, name)
            else:
                getattr(self, f"action_{kind}")()
        except TutorError as error:
            self.complain(error)

    def _note(self, id: str) -> Note | None:
        notes = self.tutor.progress.notes(self.chapter.id)
        return next((note for note in notes if note.id == id), None)

    def action_remove(self) -> None:
        """Removes the bookmark or note under the cursor."""
        kind, name = self.query_one(Menu).value or ("", "")
        note = self._note(name) if kind == "note" else None
        if note is not None:
            self.tutor.progress.remove_note(note)
            self.fill()

    def action_write(self) -> None:
        """Writes the chapter's bookmarks and notes to a file, as Markdown."""
        from dltutor.learning.notes import markdown

        notes = self.tutor.progress.notes(self.chapter.id)
        if not notes:
            self.tutor.tell(t("There are no notes in this chapter."))
            return
        file = paths.progress_file().with_name(f"notes-{self.chapter.id}.md")
        try:
            write_whole(file, markdown(notes))
        except TutorError as error:
            self.complain(error)
            return
        self.tutor.tell(t("{count} notes are in {file}.", count=len(notes), file=file))

    def action_quiz(self) -> None:
        self.tutor.open_quiz(self.chapter)

    def action_exercise(self) -> None:
        self.tutor.open_exercise(self.chapter, "")

    def action_demo(self) -> None:
        self.tutor.open_demo(self.chapter)

    def action_train(self) -> None:
        self.tutor.open_training(self.chapter)

    def action_runs(self) -> None:
        self.tutor.open_runs(self.chapter.id)


def _sign(passed: bool | None) -> Span:
    if passed:
        return Span("✓ ", "good")
    return Span("◐ ", "accent") if passed is not None else Span("· ", "muted")
