"""An exercise: what to do, an editor, and what the checks found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widget import Widget

from dltutor.chapter import Chapter
from dltutor.drawing.inks import Line, Span
from dltutor.errors import TutorError
from dltutor.i18n import local, t
from dltutor.learning.exercises import Exercise, Result, exercises, find_exercise, sandbox
from dltutor.learning.sandbox import Sandbox
from dltutor.learning.workspace import Workspace
from dltutor.settings import write_whole
from dltutor.text import clean, wrap
from dltutor.tui.page import Overlay, Page, told
from dltutor.tui.widgets import prose
from dltutor.tui.widgets.code_editor import CodeEditor
from dltutor.tui.widgets.lines import Sheet


def exercise_page(chapter: Chapter, name: str = "") -> ExercisePage:
    """The exercise of that name, or the first; its starter is handed out if that was not done."""
    if name:
        exercise = find_exercise(chapter, name)
    else:
        found = exercises(chapter)
        if not found:
            raise TutorError(t("This chapter has no exercises."))
        exercise = found[0]
    work = Workspace()
    work.start(exercise)
    return ExercisePage(chapter, exercise, work.text(exercise))


class ExercisePage(Page):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "check", "check", priority=True),
        Binding("ctrl+t", "hint", "hint", priority=True),
        Binding("ctrl+r", "solution", "solution", priority=True),
        Binding("ctrl+o", "editor", "own editor", priority=True),
        Binding("ctrl+n", "next", "next", priority=True),
        Binding("ctrl+l", "lesson", "lesson", priority=True),
        Binding("f4", "statement", "statement", priority=True),
        Binding("f8", "reset", "start anew", priority=True, show=False),
        Binding("f1", "app.help", "help", key_display="F1"),
        Binding("escape", "leave", "back"),
    ]
    CSS = """
    ExercisePage #text { padding: 0 0 0 2; border-bottom: solid $rule; }
    ExercisePage #code { width: 1fr; height: 1fr; }
    ExercisePage #editor { height: 1fr; }
    ExercisePage #verdict { max-height: 60%; padding: 0 0 0 2; border-top: solid $rule; }
    ExercisePage.-wide #split { layout: horizontal; }
    ExercisePage.-wide #text { width: 56; height: 1fr; border-bottom: none; border-right: solid $rule; }
    """

    def __init__(self, chapter: Chapter, exercise: Exercise, text: str) -> None:
        super().__init__()
        self.chapter, self.exercise = chapter, exercise
        self.work = Workspace()
        # the learner's line ends are kept in the file
        self.ends = "\r\n" if "\r\n" in text else "\n"
        self.text = text.replace("\r\n", "\n")
        self.ready: Sandbox | None = None
        self.checking = False
        self.gone = False

    def again(self) -> Page:
        self.save()
        return exercise_page(self.chapter, self.exercise.id)

    @property
    def file(self) -> Path:
        return self.work.path(self.exercise)

    @property
    def editor(self) -> CodeEditor:
        return self.query_one(CodeEditor)

    def body(self) -> Iterable[Widget]:
        with Vertical(id="split"):
            yield Sheet(id="text")
            with Vertical(id="code"):
                yield CodeEditor(self.text, id="editor")
                yield Sheet(id="verdict")

    def on_mount(self) -> None:
        self.say_head()
        self.query_one("#verdict").display = False
        self.editor.focus()
        self.prepare()
        if self.work.changed(self.exercise):
            self.tutor.tell(
                t("The starter has changed since: dltutor exercise start --merge brings it in.")
            )

    def say_head(self, state: str = "") -> None:
        number = f"{self.chapter.number} " if self.chapter.number is not None else ""
        passed = self.tutor.progress.exercises(self.chapter.id).get(self.exercise.id, False)
        right: Line = [Span(state + "   ", "accent")] if state else []
        if passed:
            right.append(Span("✓ " + t("passed"), "good"))
        self.head.say(f"{number}{t('exercise')} · {clean(local(self.exercise.title))}", right)

    def on_resize(self) -> None:
        self.call_after_refresh(self.lay_out)

    def lay_out(self) -> None:
        """Shows the statement: above the editor, or beside it where there is room."""
        sheet = self.query_one("#text", Sheet)
        try:
            lines = prose.markdown(self.exercise.statement(), min(84, max(20, sheet.columns - 3)))
        except TutorError as error:
            lines = [[Span(line, "warn")] for line in wrap(told_text(error), 60)]
        sheet.show(lines)
        if self.size.width < 120:
            # a third of the height at most, the rule below it included
            sheet.styles.height = min(len(lines) + 1, max(4, self.size.height // 3))
        else:
            sheet.styles.height = "1fr"

    # -- checking -----------------------------------------------------------------------------------

    @work(thread=True, exclusive=True, group="prepare")
    def prepare(self) -> None:
        """Starts the process that will check, so that its imports are done when it is needed."""
        if self.ready is not None:
            return
        try:
            ready = sandbox(self.exercise)
        except (TutorError, OSError) as error:
            self.app.call_from_thread(self.complain, error)
            return
        if self.gone:
            ready.close()
        else:
            self.ready = ready

    def save(self) -> None:
        """Writes the file when the text is another one."""
        text = self.editor.text
        if text != self.text:
            write_whole(self.file, text.replace("\n", self.ends))
            self.text = text

    def action_check(self) -> None:
        if self.checking:
            return
        try:
            self.save()
        except TutorError as error:
            self.complain(error)
            return
        self.checking = True
        self.say_head(t("checking"))
        self.check()

    @work(thread=True, group="check")
    def check(self) -> None:
        ready, self.ready = self.ready, None
        try:
            result = self.work.check(self.exercise, ready=ready)
        except (TutorError, OSError) as error:
            self.from_thread(self.checked, None, error)
            return
        self.from_thread(self.checked, result, None)

    def checked(self, result: Result | None, error: BaseException | None) -> None:
        self.checking = False
        self.say_head()
        if error is not None:
            self.complain(error)
        if result is not None:
            self.show_verdict(verdict_lines(result, self.verdict_columns))
        self.prepare()

    @property
    def verdict_columns(self) -> int:
        return max(24, self.size.width - (66 if self.size.width >= 120 else 8))

    def show_verdict(self, lines: Sequence[Line]) -> None:
        sheet = self.query_one("#verdict", Sheet)
        sheet.display = True
        sheet.show(lines)
        sheet.styles.height = min(len(lines) + 1, max(6, self.size.height // 2))

    # -- help ---------------------------------------------------------------------------------------

    def action_hint(self) -> None:
        try:
            found = self.work.next_hint(self.exercise)
        except TutorError as error:
            self.complain(error)
            return
        shown = self.work.state(self.exercise).hints
        lines: list[Line] = []
        for number, hint in enumerate(self.exercise.hints[:shown], 1):
            body = prose.markdown(local(hint), self.verdict_columns - 4)
            lines += [
                [Span(f"{number}  " if n == 0 else "   ", "accent"), *row]
                for n, row in enumerate(body)
            ]
        if found is None:
            lines.append([Span(t("That was the last hint."), "muted")])
        self.show_verdict(lines)
        self.query_one("#verdict", Sheet).scroll_end(animate=False)

    def action_solution(self) -> None:
        try:
            self.save()
            if not self.work.may_see_solution(self.exercise):
                self.tutor.tell(t("The solution opens once you have tried: ^S checks your code."))
                return
            rows = self.work.solution_diff(self.exercise)
        except TutorError as error:
            self.complain(error)
            return
        self.app.push_screen(Solution(self.exercise, rows))

    def action_editor(self) -> None:
        from dltutor.tui.editor import edit

        try:
            self.save()
            if edit(self.tutor, self.file):
                self.reload()
                self.action_check()
        except TutorError as error:
            self.complain(error)

    def reload(self) -> None:
        """Takes what another program or ``reset`` wrote."""
        text = self.work.text(self.exercise)
        self.ends = "\r\n" if "\r\n" in text else "\n"
        self.text = text.replace("\r\n", "\n")
        place = self.editor.cursor_location
        self.editor.text = self.text
        self.editor.move_cursor(place)

    def action_reset(self) -> None:
        try:
            self.save()
            kept = self.work.reset(self.exercise)
            self.reload()
        except TutorError as error:
            self.complain(error)
            return
        if kept is not None:
            self.tutor.tell(
                t("The starter is back; what you had is kept as {file}.", file=kept.name)
            )

    def action_statement(self) -> None:
        sheet = self.query_one("#text")
        sheet.display = not sheet.display

    def action_next(self) -> None:
        try:
            self.save()
            found = exercises(self.chapter)
            at = next(i for i, e in enumerate(found) if e.id == self.exercise.id)
            self.app.switch_screen(exercise_page(self.chapter, found[(at + 1) % len(found)].id))
        except TutorError as error:
            self.complain(error)

    def action_lesson(self) -> None:
        self.tutor.open_lesson(self.chapter, self.exercise.lesson)

    async def action_leave(self) -> None:
        """Esc first leaves the editor, then the screen; nothing that was written is lost."""
        try:
            self.save()
        except TutorError as error:
            self.complain(error)
            return
        await super().action_leave()

    def on_unmount(self) -> None:
        self.gone = True
        ready, self.ready = self.ready, None
        if ready is not None:
            ready.close()


class Solution(Overlay):
    """From the learner's code to the solution, and why it is as it is."""

    def __init__(self, exercise: Exercise, rows: Sequence[str]) -> None:
        super().__init__()
        self.exercise, self.rows = exercise, rows

    def body(self) -> Iterable[Widget]:
        yield Sheet()

    def on_mount(self) -> None:
        panel = self.query_one(".panel")
        panel.styles.width = min(96, self.app.size.width - 4)
        columns = min(96, self.app.size.width - 4) - 6
        lines: list[Line] = [[Span(t("From your code to the solution"), "title")], []]
        for row in self.rows:
            ink = (
                "added"
                if row.startswith("+")
                else "removed"
                if row.startswith("-")
                else "muted"
                if row.startswith("@")
                else ""
            )
            lines.append([Span(clean(row), ink)])
        if not self.rows:
            lines.append([Span(t("Your code is the solution, word for word."), "good")])
        lines += [[], *prose.markdown(local(self.exercise.note), columns)]
        sheet = self.query_one(Sheet)
        sheet.show(lines)
        sheet.styles.max_height = self.app.size.height - 4
        sheet.styles.height = min(len(lines), self.app.size.height - 4)
        sheet.focus()


def told_text(error: BaseException) -> str:
    return told(error)


def verdict_lines(result: Result, columns: int) -> list[Line]:
    """Which checks passed, and for the others what was expected and what came."""
    looks = {"passed": ("✓", "good"), "failed": ("✗", "bad"), "not run": ("·", "muted")}
    lines: list[Line] = []
    right = sum(case.passed for case in result.cases)
    if result.passed:
        lines.append(
            [Span("✓ " + t("All {all} checks pass.", all=len(result.cases)), "good strong")]
        )
    elif result.cases:
        lines.append(
            [
                Span(
                    "✗ " + t("{right} of {all} checks pass.", right=right, all=len(result.cases)),
                    "bad strong",
                )
            ]
        )
    if result.problem:
        lines += [
            [Span("! " if n == 0 else "  ", "warn"), Span(row)]
            for n, row in enumerate(wrap(result.problem, columns - 2))
        ]
        lines += _own(result.lines, columns)
    for case in result.cases:
        sign, ink = looks[case.state]
        later = f"  ({t('not run')})" if case.state == "not run" else ""
        for n, row in enumerate(wrap(case.title + later, columns - 2)):
            lines.append(
                [
                    Span(f"{sign} " if n == 0 else "  ", ink),
                    Span(row, "" if case.state != "not run" else "muted"),
                ]
            )
        for text in case.message.splitlines():
            lines += [[Span("    " + row)] for row in wrap(text, columns - 4)]
        lines += _own(case.lines, columns)
    if result.output and not result.passed:
        lines.append([Span(t("It printed:"), "muted")])
        printed = result.output.rstrip("\n").splitlines()
        lines += [
            [Span("  │ ", "muted"), Span(row)]
            for text in printed[:20]
            for row in wrap(text, columns - 4)
        ]
        if len(printed) > 20 or result.output_left_out:
            lines.append([Span("  │ …", "muted")])
    return lines


def _own(rows: Sequence[tuple[int, str, str]], columns: int) -> list[Line]:
    """The learner's own lines in which it happened."""
    lines: list[Line] = []
    for number, function, text in rows:
        where = t("line {line}", line=number) + (
            f", {function}" if function and function != "<module>" else ""
        )
        lines += [
            [
                Span("    " + where + "  ", "muted"),
                Span(text.strip()[: max(8, columns - 16)], "code"),
            ]
        ]
    return lines
