"""Questions, one at a time: a chapter's, a lesson's, or those that are due."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Input

from dltutor import content, registry
from dltutor.chapter import Chapter, Text
from dltutor.drawing.inks import Line, Span
from dltutor.errors import TutorError
from dltutor.i18n import local, t
from dltutor.learning.questions import Presented, Question, questions
from dltutor.learning.session import Asked, Session, unmastered
from dltutor.text import clean
from dltutor.tui.page import Page
from dltutor.tui.widgets import prose
from dltutor.tui.widgets.block import Block
from dltutor.tui.widgets.code import listing
from dltutor.tui.widgets.options import Options

if TYPE_CHECKING:
    from dltutor.tui.app import TutorApp

MEASURE = 84


def words(text: str, columns: int) -> list[Line]:
    """A question's text: Markdown with formulas."""
    return prose.markdown(content.inline_formulas(text), max(8, min(columns, MEASURE)))


def quiz(app: TutorApp, chapter: Chapter, lesson: str = "") -> QuizPage:
    """The questions of a chapter, those not answered right yet first; or only a lesson's."""
    found = questions(chapter)
    if lesson:
        found = tuple(q for q in found if q.lesson == lesson)
    if not found:
        raise TutorError(
            t("There are no questions on this lesson.")
            if lesson
            else t("This chapter has no questions.")
        )
    fresh = unmastered(found, app.progress)
    ordered = [*fresh, *(q for q in found if q not in fresh)]
    return QuizPage(_session(app, ordered), _title(chapter), (chapter.id, lesson))


def _session(app: TutorApp, asked: Sequence[Question]) -> Session:
    return Session(asked, app.progress, str(time.time_ns()))


def review(app: TutorApp) -> QuizPage:
    """What is due of all chapters; TutorError says when something will be."""
    from dltutor.learning import review as schedule

    due = schedule.due(app.progress, registry.chapters())
    if not due:
        following = schedule.next_due(app.progress, registry.chapters())
        if following is None:
            raise TutorError(t("Nothing is due: answer some questions first."))
        raise TutorError(
            t("Nothing is due. The next question comes {when}.", when=_when(following))
        )
    return QuizPage(_session(app, due), t("Review"), None)


def _when(moment: datetime) -> str:
    seconds = (moment - datetime.now(UTC)).total_seconds()
    if seconds < 3600:
        return t("in {minutes} min", minutes=max(1, round(seconds / 60)))
    if seconds < 86400:
        return t("in {hours} h", hours=round(seconds / 3600))
    return t("in {days} days", days=round(seconds / 86400))


class QuizPage(Page):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "enter", "answer", priority=True),
        Binding("h,ctrl+t", "hint", "hint"),
        Binding("s,ctrl+n", "skip", "skip"),
        Binding("v,ctrl+r", "reveal", "reveal"),
        Binding("l,ctrl+l", "lesson", "lesson"),
        Binding("pagedown", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
    ]

    CSS = """
    QuizPage Input { margin: 0 3; }
    """

    def __init__(self, session: Session, title: str, source: tuple[str, str] | None) -> None:
        super().__init__()
        self.session = session
        self.heading = title
        self.source = source

    def again(self) -> Page:
        heading = t("Review")
        if self.source is not None:
            heading = _title(registry.find(self.source[0]))
        return QuizPage(self.session, heading, self.source)

    def body(self) -> Iterable[Widget]:
        yield VerticalScroll(id="question")

    @property
    def flow(self) -> VerticalScroll:
        return self.query_one("#question", VerticalScroll)

    @property
    def presented(self) -> Presented | None:
        """The question that is shown."""
        return self.session.current.presented if self.session.current else None

    @property
    def right(self) -> int:
        return sum(asked.outcome in ("right", "helped") for asked in self.session.asked)

    @property
    def done(self) -> bool:
        """Nothing more can be answered to the question that is shown."""
        return self.session.current is not None and self.session.current.closed

    async def on_mount(self) -> None:
        self.flow.can_focus = False
        if self.done:
            self.session.proceed()
        await self.ask()

    # -- one question -----------------------------------------------------------------------------

    async def ask(self) -> None:
        """Shows the question that it is the turn of, or how it went when none is left."""
        await self.flow.remove_children()
        presented = self.presented
        if presented is None:
            await self.finish()
            return
        question = presented.question
        parts: list[Widget] = [Block(lambda columns: self.prompt(question, columns), id="prompt")]
        if presented.options:
            parts.append(Options(presented, words, id="options"))
            if question.kind == "match":
                parts.append(Block(lambda columns: _rights(presented, columns), id="rights"))
        else:
            from dltutor.learning.grading import expects

            parts.append(Input(placeholder=local(expects(question)), id="answer"))
        parts.append(Block(id="verdict"))
        await self.flow.mount(*parts)
        parts[1].focus()
        self.flow.scroll_home(animate=False)
        self.say_head()

    def say_head(self) -> None:
        over = self.session.current is None
        self.key_names = {"enter": t("back") if over else t("next") if self.done else t("answer")}
        count = t("{at} of {count}", at=self.session.number, count=len(self.session.asked))
        self.head.say(self.heading, [Span(count, "muted"), Span(f"   {self.right} ✓", "good")])
        self.refresh_bindings()

    def prompt(self, question: Question, columns: int) -> list[Line]:
        lines: list[Line] = [[], *words(local(question.prompt), min(columns - 6, MEASURE))]
        code: list[Line] = []
        if question.code:
            lines.append([])
            # its edge stands in the margin
            code = listing(question.code, "python", min(columns - 1, MEASURE))
        more: list[Line] = []
        if question.kind == "shape":
            more += [
                [],
                [Span(t("Input") + "  ", "muted"), Span(str(tuple(question.input)), "code")],
            ]
        how = {
            "choices": t("Several may be right: Space marks them."),
            "order": t("Put them in order: Space takes one, ↑ ↓ carry it."),
            "match": t("Match them: a letter for each row, or ← →."),
        }.get(question.kind)
        if how:
            more += [[], [Span(how, "muted")]]
        return [
            *([Span("   "), *line] for line in lines),
            *([Span(" "), *line] for line in code),
            *([Span("   "), *line] for line in [*more, []]),
        ]

    @property
    def given(self) -> str:
        options = self.query("#options")
        if options:
            return options.first(Options).answer
        answers = self.query("#answer")
        return answers.first(Input).value if answers else ""

    async def action_enter(self) -> None:
        if self.session.current is None:
            await self.action_leave()
        elif self.done:
            self.session.proceed()
            await self.ask()
        else:
            self.judge(self.session.current)

    def judge(self, asked: Asked) -> None:
        given = self.given
        if asked.question.kind == "choice" and not given:
            self.tell_verdict([("!", "warn", t("Choose one first."))])
            return
        verdict = self.session.answer(given)
        if verdict.problem:
            self.tell_verdict([("!", "warn", local(verdict.problem))])
        elif verdict.right:
            self.close()
            self.tell_verdict([("✓", "good", t("Right.")), ("", "", local(verdict.explanation))])
        else:
            again = t("Try again, or press v to see the answer.")
            if self.query("#answer"):
                again = t("Try again, or press ^R to see the answer.")
            self.tell_verdict(
                [
                    ("✗", "bad", t("Not yet.")),
                    ("", "", local(verdict.explanation)),
                    ("", "muted", again),
                ]
            )
        self.say_head()

    def close(self) -> None:
        """No more answers to this one."""
        for options in self.query(Options):
            options.locked = True
        for answer in self.query(Input):
            answer.disabled = True
        self.flow.can_focus = True
        self.flow.focus()
        self.say_head()

    def tell_verdict(self, parts: Sequence[tuple[str, str, str]]) -> None:
        def make(columns: int) -> list[Line]:
            lines: list[Line] = [[]]
            for sign, ink, text in parts:
                if not text:
                    continue
                body = words(text, columns - 10)
                if sign:
                    lines += [
                        [Span(f"   {sign} ", ink), *(s._replace(ink="strong") for s in body[0])]
                    ]
                    lines += [[Span("     "), *line] for line in body[1:]]
                else:
                    lines += [
                        [Span("     "), *(s._replace(ink=s.ink or ink) for s in line)]
                        for line in body
                    ]
            if self.done:
                onward = (
                    t("Enter: the next question")
                    if len(self.session.waiting) > 1
                    else t("Enter: how it went")
                )
                lines += [[], [Span("     " + onward, "muted")]]
            return [*lines, []]

        self.query_one("#verdict", Block).show(make)
        self.call_after_refresh(lambda: self.flow.scroll_end(animate=False))

    # -- help ---------------------------------------------------------------------------------------

    def action_hint(self) -> None:
        if self.session.current is not None and not self.done:
            self.tell_verdict([("?", "accent", local(self.session.hint()))])

    async def action_skip(self) -> None:
        asked = self.session.current
        if asked is None or asked.closed:
            return
        self.session.skip()
        if asked in self.session.waiting:
            self.tutor.tell(t("Skipped; it comes back at the end."))
        await self.ask()

    def action_reveal(self) -> None:
        asked = self.session.current
        if asked is None or asked.closed:
            return
        answer = self.session.reveal()
        if answer is None:
            text = t("A try teaches more than an answer. To see it all the same, ask again.")
            self.tell_verdict([("?", "accent", text)])
            return
        self.close()
        explain = local(asked.question.explain)
        self.tell_verdict([("→", "accent", _spelled(asked.presented, answer)), ("", "", explain)])

    def action_lesson(self) -> None:
        if self.presented is not None:
            question = self.presented.question
            self.tutor.open_lesson(registry.find(question.chapter_id), question.lesson)

    def action_page(self, direction: int) -> None:
        self.flow.scroll_relative(y=direction * max(1, self.flow.size.height - 2), animate=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        over = self.session.current is None
        if action in ("hint", "reveal", "skip") and (self.done or over):
            return False
        return action != "lesson" or not over

    def on_key(self, event: events.Key) -> None:
        """Letters choose also while the cursor is not on the options."""
        options = self.query(Options)
        if options and not self.done and event.character:
            event_options = options.first(Options)
            if not event_options.has_focus and event_options.letter(event.character):
                event_options.focus()
                event.stop()

    # -- the end ------------------------------------------------------------------------------------

    async def finish(self) -> None:
        found = self.session.summary()
        missed = [a for a in self.session.asked if a.outcome in ("helped", "wrong", "revealed")]
        shares = [
            (found.helped, t("{count} right with help", count=found.helped)),
            (found.wrong, t("{count} not right", count=found.wrong)),
            (found.skipped, t("{count} skipped", count=found.skipped)),
        ]

        def make(columns: int) -> list[Line]:
            whole = t("{right} of {count} right.", right=self.right, count=found.total)
            lines: list[Line] = [[], [Span(whole, "title")]]
            lines += [[Span("  " + text, "muted")] for count, text in shares if count]
            lines.append([])
            if missed:
                lines.append([Span(t("These come back for review:"), "muted")])
                for asked in missed:
                    first = words(local(asked.question.prompt), columns - 14)[:1]
                    sign = (
                        Span("  ✓ ", "muted") if asked.outcome == "helped" else Span("  ✗ ", "bad")
                    )
                    lines += [[sign, *line] for line in first]
            elif self.right:
                lines.append(
                    [Span(t("They come back when you are about to forget them."), "muted")]
                )
            lines += [[], [Span("Esc  ", "key"), Span(t("back"))]]
            return [[Span("   "), *line] for line in lines]

        await self.flow.mount(Block(make, id="prompt"))
        self.flow.can_focus = True
        self.flow.focus()
        self.say_head()


def _title(chapter: Chapter) -> str:
    number = f"{chapter.number} " if chapter.number is not None else ""
    return f"{number}{clean(local(chapter.title))} · {t('quiz')}"


def _rights(presented: Presented, columns: int) -> list[Line]:
    """The right sides with their letters, below the rows that they are matched to."""
    lines: list[Line] = [[]]
    for option in presented.options:
        body = words(local(option.text), columns - 10)
        lines.append(
            [Span("      "), Span(option.letter + "  ", "key"), *(body[0] if body else [])]
        )
        lines += [[Span("         "), *line] for line in body[1:]]
    return lines


def _spelled(presented: Presented, answer: str) -> str:
    """The right answer with the words that its letters stand for."""
    texts: dict[str, Text] = {option.letter: option.text for option in presented.options}
    if presented.question.kind in ("choice", "choices", "order"):
        return "  \n".join(f"**{letter}**  {local(texts[letter])}" for letter in answer.split())
    if presented.question.kind == "match":
        lefts = presented.lefts
        return "  \n".join(
            f"{local(lefts[int(pair[:-1]) - 1])} → **{pair[-1]}**  {local(texts[pair[-1]])}"
            for pair in answer.split()
        )
    return f"`{answer}`"
