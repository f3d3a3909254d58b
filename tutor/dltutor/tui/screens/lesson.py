"""The reader: one lesson, its outline, and ways to what it talks about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.worker import get_current_worker

from dltutor import content
from dltutor.chapter import Chapter
from dltutor.drawing.inks import Line, Span
from dltutor.errors import TutorError
from dltutor.i18n import current, local, t
from dltutor.text import clean
from dltutor.tui.page import Page, told
from dltutor.tui.widgets import reader
from dltutor.tui.widgets.lines import Sheet
from dltutor.tui.widgets.menu import Menu, Row
from dltutor.views import View

if TYPE_CHECKING:
    from textual.selection import Selection

SAVE_SECONDS = 2.0
LONG = 40_000
"""characters of a lesson that is read and laid out in a thread"""
BEGINNING = 8_000
"""about so many of them are shown before"""


class Text(Sheet):
    """A lesson's lines: what is copied from them are words and code."""

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        found = super().get_selection(selection)
        return found and (reader.copied(found[0], self.columns), found[1])


class LessonPage(Page):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "page(1)", "page"),
        Binding("n,right", "turn(1)", "next"),
        Binding("o", "outline", "outline"),
        Binding("x", "try", "try it"),
        Binding("s", "source", "source"),
        Binding("u", "quiz", "quiz"),
        Binding("e", "exercise", "exercise"),
        Binding("d", "demo", "demo"),
        Binding("b", "bookmark", "bookmark"),
        Binding("p,left", "turn(-1)", "previous"),
        Binding("shift+space,pageup", "page(-1)", "back a page", show=False),
        Binding("pagedown", "page(1)", "page", show=False),
        Binding("down,j", "scroll(1)", "down", show=False),
        Binding("up,k", "scroll(-1)", "up", show=False),
        Binding("home,g", "edge(0)", "beginning", show=False),
        Binding("end,G", "edge(1)", "end", show=False),
    ]

    def __init__(self, chapter: Chapter, slug: str, place: float = 0.0) -> None:
        super().__init__()
        self.chapter = chapter
        self.slug = slug
        self.place = place
        self.lesson: content.Lesson | None = None
        self.parts: Sequence[content.Part] = ()
        self.marks: list[reader.Mark] = []
        self.drawn: dict[int, Sequence[View] | str] = {}
        self.saved = -1.0
        self.laid_columns = 0
        """the width that it is or is being laid out for"""
        self.shown_columns = 0
        """the width of what is shown"""
        self.partly = False
        """only the beginning is shown yet"""
        self.count = 0

    def again(self) -> Page:
        return LessonPage(self.chapter, self.slug, self.place)

    def body(self) -> Iterable[Widget]:
        with Horizontal():
            yield Text(id="text")
            yield Menu(id="outline", classes="side")

    @property
    def sheet(self) -> Sheet:
        return self.query_one("#text", Sheet)

    @property
    def share(self) -> float:
        """How far one has read: the last line that is seen, as a share of all."""
        sheet = self.sheet
        return sheet.scroll_offset.y / sheet.max_scroll_y if sheet.max_scroll_y > 0 else self.place

    def on_mount(self) -> None:
        self.sheet.focus()
        self.sheet.resized = self.lay_out
        self.set_interval(SAVE_SECONDS, self.note_place)
        self.watch(self.sheet, "scroll_y", self._scrolled, init=False)
        self.load()

    # -- loading ----------------------------------------------------------------------------------

    def load(self) -> None:
        """Reads the lesson and lays it out; demos follow when they are computed."""
        try:
            self.lesson = content.find_lesson(self.chapter, self.slug, current())
            self.count = len(content.lessons(self.chapter, current()))
            self.parts = () if self.long else content.parts(self.lesson)
        except TutorError as error:
            self.failed(error)
            return
        self.drawn, self.marks, self.partly = {}, [], False
        self.laid_columns = self.shown_columns = 0
        self.tutor.progress.set_position(self.chapter.id, self.slug, self.place)
        self.saved = self.place
        self.say_head()
        if self.long:
            self.read_long(self.lesson)
        else:
            self.begin()

    @property
    def long(self) -> bool:
        """Whether reading and laying out takes so long that a thread does it."""
        return self.lesson is not None and len(self.lesson.body) > LONG

    def failed(self, error: TutorError) -> None:
        self.lesson = None
        self.sheet.show([[], [Span("✗ ", "bad"), Span(told(error))]])
        self.complain(error)

    @work(thread=True, exclusive=True, group="long")
    def read_long(self, lesson: content.Lesson) -> None:
        worker = get_current_worker()
        heading = lesson.body.find("\n## ", BEGINNING)
        if self.place == 0 and heading > 0:
            with suppress(TutorError):  # it may have been no heading, but a line of a program
                first = content.parts(replace(lesson, body=lesson.body[:heading]))
                self.from_thread(self.show_beginning, lesson, first)
        try:
            parts = content.parts(lesson)
        except TutorError as error:
            self.from_thread(self.failed, error)
            return
        if not worker.is_cancelled:
            self.from_thread(self.begin, parts)

    def show_beginning(self, lesson: content.Lesson, parts: Sequence[content.Part]) -> None:
        """What a long lesson begins with, until the whole of it is laid out."""
        if self.lesson is lesson and self.sheet.size.width:
            self.parts, self.partly = parts, True
            columns = self.sheet.columns
            lines, self.marks = reader.lay_out(lesson, parts, columns, {}, self.tutor.depth)
            self.sheet.show(lines)

    def begin(self, parts: Sequence[content.Part] | None = None) -> None:
        """The parts are there: shows them, and has the demos among them computed."""
        if parts is not None:
            self.parts, self.marks = parts, []
        self.call_after_refresh(self.lay_out)
        if any(isinstance(part, content.Embedded) for part in self.parts):
            self.compute_demos()

    def say_head(self) -> None:
        if self.lesson is None:
            return
        number = f"{self.chapter.number} " if self.chapter.number is not None else ""
        read = self.slug in self.tutor.progress.lessons(self.chapter.id)
        right = t("{number} of {count}", number=self.lesson.number, count=self.count)
        minutes = t("about {minutes} min", minutes=self.lesson.minutes)
        done: Line = [Span("✓ " + t("read") + "   ", "good")] if read else []
        self.head.say(
            f"{number}{clean(local(self.chapter.title))}",
            [*done, Span(f"{right}   {minutes}", "muted")],
        )

    def lay_out(self) -> None:
        """Lays the lesson out at the sheet's width, staying at the same place."""
        sheet = self.sheet
        if self.lesson is None or not sheet.size.width or sheet.columns == self.laid_columns:
            return
        if not self.parts:
            return
        self.laid_columns = sheet.columns
        what = (self.lesson, self.parts, sheet.columns, dict(self.drawn), self.tutor.depth)
        if self.long:
            self.lay_out_long(*what)
        else:
            self.laid(*reader.lay_out(*what))

    @work(thread=True, exclusive=True, group="lay-out")
    def lay_out_long(
        self,
        lesson: content.Lesson,
        parts: Sequence[content.Part],
        columns: int,
        drawn: dict[int, Sequence[View] | str],
        depth: int,
    ) -> None:
        worker = get_current_worker()
        lines, marks = reader.lay_out(lesson, parts, columns, drawn, depth)
        if not worker.is_cancelled:
            self.from_thread(self.laid, lines, marks)

    def laid(self, lines: list[Line], marks: list[reader.Mark]) -> None:
        """Shows the lines, at the same place as before."""
        margin = Span(" " * (reader.indent(self.laid_columns) + reader.EDGE))
        lines = [*lines, [], *([margin, *line] for line in self.ending()), []]
        sheet, share, top = self.sheet, self.place, self.top(marks, len(lines))
        self.marks, self.partly, self.shown_columns = marks, False, self.laid_columns
        sheet.show(lines, keep=True)
        sheet.go(round(share * sheet.max_scroll_y) if top is None else top)
        outline = self.query_one("#outline", Menu)
        outline.fill(self.outline_rows())
        self.call_after_refresh(self._scrolled)

    def top(self, marks: Sequence[reader.Mark], end: int) -> int | None:
        """The line to show first, of lines as wide as those that are shown; else None."""
        y = self.sheet.scroll_offset.y
        if self.partly:
            return y
        if self.laid_columns != self.shown_columns:
            return None
        if self.sheet.at_end and self.sheet.max_scroll_y > 0:
            return end
        # a demo that has come above must not push the line that is being read away
        pairs = zip(self.marks, marks, strict=False)
        return y + next(reversed([new.end - old.end for old, new in pairs if old.end <= y]), 0)

    def ending(self) -> list[Line]:
        """What comes after the last line: the ways on."""
        if self.lesson is None:
            return []
        following = self._neighbour(1)
        ways: list[Line] = [[Span("─" * 24, "rule")]]
        if following is not None:
            ways.append([Span("n ", "key"), Span(t("next: {title}", title=clean(following.title)))])
        ways.append([Span("u ", "key"), Span(t("the questions on this lesson"))])
        ways.append([Span("e ", "key"), Span(t("the exercises of this lesson"))])
        return ways

    def outline_rows(self) -> list[Row]:
        return [Row([Span(m.text)], [], m.line) for m in self.marks if m.kind == "heading"]

    @work(thread=True, exclusive=True, group="demos")
    def compute_demos(self) -> None:
        """Has the chapter's host compute the embedded demos, one after another."""
        worker = get_current_worker()
        for number, part in enumerate(self.parts):
            if not isinstance(part, content.Embedded) or worker.is_cancelled:
                continue
            found: Sequence[View] | str
            try:
                found = self.tutor.hosts.demo(self.chapter, part.demo, part.settings)
            except Exception as error:  # a chapter's code
                found = told(error)
            if worker.is_cancelled:
                return
            self.from_thread(self._computed, number, found)

    def _computed(self, number: int, found: Sequence[View] | str) -> None:
        self.drawn[number] = found
        self.laid_columns = 0
        self.lay_out()

    # -- place ------------------------------------------------------------------------------------

    def _scrolled(self) -> None:
        if self.lesson is None or not self.sheet.lines or not self.laid_columns or self.partly:
            return
        y = self.sheet.scroll_offset.y
        self.place = self.share
        outline = self.query_one("#outline", Menu)
        heads = [m.line for m in self.marks if m.kind == "heading"]
        if heads and not outline.has_focus:
            here = max((h for h in heads if h <= y + 2), default=heads[0])
            index = heads.index(here)
            if self.sheet.at_end and self.sheet.max_scroll_y:
                index = max(index, 0)
            if outline.cursor != index:
                outline.cursor = index
                outline.refresh()
        if self.sheet.at_end and self.slug not in self.tutor.progress.lessons(self.chapter.id):
            self.tutor.progress.read_lesson(self.chapter.id, self.slug)
            self.say_head()

    @property
    def moved(self) -> bool:
        """Whether the place has changed since it was written down."""
        return bool(self.lesson and self.laid_columns and abs(self.place - self.saved) > 1e-4)

    def note_place(self) -> None:
        """Writes the place down while one reads: in a thread, since a disk may take its time."""
        if self.moved:
            self.saved = self.place
            place = (self.chapter.id, self.slug, self.saved)
            self.run_worker(
                lambda: self.tutor.progress.set_position(*place), thread=True, group="place"
            )

    def keep_place(self) -> None:
        """Writes the place down, before another screen asks for it."""
        if self.moved:
            self.saved = self.place
            self.tutor.progress.set_position(self.chapter.id, self.slug, self.saved)

    def on_unmount(self) -> None:
        self.keep_place()

    async def action_leave(self) -> None:
        self.keep_place()
        await super().action_leave()

    # -- actions ----------------------------------------------------------------------------------

    def action_page(self, direction: int) -> None:
        if direction > 0 and self.sheet.at_end:
            return
        self.sheet.page(direction)

    def action_scroll(self, lines: int) -> None:
        self.sheet.go(self.sheet.scroll_offset.y + lines)

    def action_edge(self, end: int) -> None:
        self.sheet.go(self.sheet.max_scroll_y if end else 0)
        self.call_after_refresh(self._scrolled)  # also where it stood there already

    def _neighbour(self, step: int) -> content.Lesson | None:
        lessons = content.lessons(self.chapter, current())
        at = next((i for i, lesson in enumerate(lessons) if lesson.slug == self.slug), -1) + step
        return lessons[at] if 0 <= at < len(lessons) else None

    def action_turn(self, step: int) -> None:
        try:
            lesson = self._neighbour(step)
        except TutorError as error:
            self.complain(error)
            return
        if lesson is None:
            text = t("This is the last lesson.") if step > 0 else t("This is the first lesson.")
            self.tutor.tell(text)
            return
        self.keep_place()
        self.slug, self.place = lesson.slug, 0.0
        self.laid_columns = 0
        self.sheet.show([])
        self.load()

    def action_outline(self) -> None:
        outline = self.query_one("#outline", Menu)
        if outline.display and outline.size.width:
            (self.sheet if outline.has_focus else outline).focus()
            return
        here = outline.value

        def go(line: object) -> None:
            if isinstance(line, int):
                self.sheet.go(line)

        from dltutor.tui.screens.outline import Outline

        self.app.push_screen(Outline(self.outline_rows(), here), go)

    @on(Menu.Chosen, "#outline")
    def go_to(self, message: Menu.Chosen) -> None:
        self.sheet.go(message.value)
        self.sheet.focus()

    def _nearest(self, kind: str) -> reader.Mark | None:
        """What is seen first of its kind; else the next one below, else the last above."""
        marks = [m for m in self.marks if m.kind == kind and m.part < len(self.parts)]
        top = self.sheet.scroll_offset.y
        bottom = top + self.sheet.size.height
        seen = [m for m in marks if m.end > top and m.line < bottom]
        return next(iter(seen or [m for m in marks if m.line >= bottom] or marks[-1:]), None)

    def action_source(self) -> None:
        mark = self._nearest("listing")
        part = self.parts[mark.part] if mark else None
        if not isinstance(part, content.Listing):
            self.tutor.tell(t("This lesson includes no source."))
            return
        from dltutor.tui.screens.source import Source

        self.app.push_screen(Source(part.file, part.line, part.symbol))

    def action_try(self) -> None:
        mark = self._nearest("try")
        if mark is None:
            self.tutor.tell(t("There is nothing to try here."))
        elif not self.tutor.run_command(mark.text, self.chapter):
            self.app.copy_to_clipboard(mark.text)
            self.tutor.tell(t("Copied, for a terminal: {command}", command=mark.text))

    def action_demo(self) -> None:
        mark = self._nearest("demo")
        part = self.parts[mark.part] if mark else None
        if isinstance(part, content.Embedded):
            self.tutor.open_demo(self.chapter, part.demo, part.settings)
        elif self.chapter.demos:
            self.tutor.open_demo(self.chapter)
        else:
            self.tutor.tell(t("This chapter has no demo."))

    def action_exercise(self) -> None:
        from dltutor.learning.exercises import exercises

        try:
            mine = [e for e in exercises(self.chapter) if e.lesson == self.slug]
        except TutorError as error:
            self.complain(error)
            return
        if mine:
            self.tutor.open_exercise(self.chapter, mine[0].id)
        else:
            self.tutor.tell(t("This lesson has no exercise."))

    def action_quiz(self) -> None:
        self.tutor.open_quiz(self.chapter, self.slug)

    def action_bookmark(self) -> None:
        """Keeps the place, with a note if one is written."""
        place = self.place

        def keep(text: object) -> None:
            if isinstance(text, str):
                self.tutor.progress.add_note(self.chapter.id, self.slug, place, text)
                self.tutor.tell(t("Kept."))

        from dltutor.tui.screens.ask import Ask

        self.app.push_screen(
            Ask(
                t("Bookmark"),
                t("a note, or nothing"),
                note=t("Enter keeps the place, Esc does not."),
            ),
            keep,
        )

    def copied(self) -> str:
        """What ``y`` copies: the listing that is seen, else what there is to try."""
        for kind in ("listing", "try"):
            mark = self._nearest(kind)
            if mark is not None:
                part = self.parts[mark.part]
                return part.code if isinstance(part, content.Listing) else mark.text
        return ""
