"""Asks the questions of a session in words, on a terminal or in a pipe."""

from __future__ import annotations

import contextlib
import sys
import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from dltutor import content, i18n, prose
from dltutor.chapter import Chapter, Text
from dltutor.errors import TutorError
from dltutor.i18n import local, t
from dltutor.learning.grading import expects, plain
from dltutor.text import clean, wrap

if TYPE_CHECKING:
    from dltutor.learning.progress import Progress
    from dltutor.learning.session import Asked, Session, Summary

COMMANDS: Final = {
    "hint": ("hint", "h", "提示"),
    "skip": ("skip", "s", "跳过"),
    "reveal": ("reveal", "v", "答案"),
    "lesson": ("lesson", "l", "课文"),
    "quit": ("quit", "q", "退出"),
    "help": ("help", "?", "帮助"),
}
_STYLES: Final = {"quiet": "2", "right": "32", "wrong": "33"}


def command(text: str, asked: Asked) -> str:
    """The name of the command that was typed, or "" when it is an answer.

    A word after a colon is always a command, a single letter too. A bare word is a command
    unless this question could be answered with it; a bare letter is an answer.
    """
    word = unicodedata.normalize("NFKC", text).strip().casefold()
    marked, word = word.startswith(":"), word.removeprefix(":").strip()
    for name, words in COMMANDS.items():
        if word in words and (marked or word == "?" or len(word) > 1):
            return name if marked or not _may_answer(word, asked) else ""
    return "help" if marked else ""


def _may_answer(word: str, asked: Asked) -> bool:
    question = asked.question
    answers: list[Text] = [*question.answers, *(str(wrong.answer) for wrong in question.wrong)]
    answers += [option.text for option in asked.presented.options]
    if question.kind == "output":
        answers.append(str(question.answer))
    texts = [text for a in answers for text in ([a] if isinstance(a, str) else a.values())]
    return any(plain(text) == plain(word) for text in texts)


def command_words() -> str:
    """The commands as one types them, in the reader's language."""
    column = -1 if i18n.current() == "zh" else 0
    return "  ".join(words[column] for words in COMMANDS.values())


def flat(text: Text) -> str:
    """A content text as plain lines, its formulas in Unicode."""
    return "\n".join(prose.lines(content.inline_formulas(local(text)), 10_000))


def lesson_title(chapters: Mapping[str, Chapter], chapter_id: str, slug: str) -> str:
    """The title of a lesson, or its slug where there is no such lesson."""
    try:
        return clean(content.find_lesson(chapters[chapter_id], slug, i18n.current()).title)
    except (KeyError, TutorError):
        return slug


def code_lines(asked: Asked) -> list[str]:
    """The code that a question is about."""
    question = asked.question
    lines = clean(question.code).split("\n") if question.code else []
    if question.kind == "shape":
        lines += [t("input shape: {shape}", shape=question.input)]
    return lines


def answer_lines(asked: Asked, answer: str) -> list[str]:
    """The right answer with the texts that its letters stand for."""
    question, options = asked.question, asked.presented.options
    text = {
        option.letter: prose.plain(content.inline_formulas(local(option.text)))
        for option in options
    }
    if question.kind == "match":
        lefts = [
            prose.plain(content.inline_formulas(local(left))) for left in asked.presented.lefts
        ]
        pairs = zip(lefts, answer.split(), strict=True)
        return [answer, *(f"  {left}: {text[pair[-1]]}" for left, pair in pairs)]
    if options:
        return [answer, *(f"  {letter}  {text[letter]}" for letter in answer.split())]
    unit = f" {question.unit[0]}" if question.unit else ""
    return [line + unit for line in clean(answer).split("\n")]


def show_notices(progress: Progress) -> None:
    """What the learner should know about the progress file goes to standard error."""
    for notice in progress.take_notices():
        print(f"dltutor: {clean(notice)}", file=sys.stderr)


class InWords:
    """Prints a session for a person, and reads what is typed."""

    def __init__(
        self,
        session: Session,
        chapters: Mapping[str, Chapter],
        columns: int,
        *,
        colour: bool,
        tries: bool = True,
    ) -> None:
        self.session = session
        self.chapters = chapters
        self.columns = columns
        self.colour = colour
        self.tries = tries
        """whether a question stays open after a wrong answer"""
        self._told = False

    def ask_all(self) -> bool:
        """Asks until the end. False: the learner broke off with Ctrl-C."""
        if sys.stdin.isatty():
            with contextlib.suppress(ImportError):
                import readline  # noqa: F401 - lets input() edit the line
        try:
            self._say(t("Type an answer, or: {words}", words=command_words()), style="quiet")
            while (asked := self.session.current) is not None:
                self._show(asked)
                if not self._ask(asked):
                    break
        except KeyboardInterrupt:
            print()
            return False
        return True

    def summary(self) -> None:
        """What became of it, and what to read again."""
        found = self.session.summary()
        print()
        for line in summary_lines(found, self.chapters):
            self._say(line)

    # -- one question --------------------------------------------------------

    def _ask(self, asked: Asked) -> bool:
        """Until the question is done with. False: the learner wants to leave."""
        while self.session.current is asked:
            try:
                text = input(t("Your answer: "))
            except EOFError:
                print()
                return False
            if not sys.stdin.isatty():
                print(clean(text))  # a pipe does not show what it sends
            name = command(text, asked)
            if name == "quit":
                return False
            if name == "skip":
                self.session.skip()
                again = self.session.current is not None and asked.skips == 1
                self._say(t("Skipped; it comes back at the end.") if again else t("Skipped."))
                return True
            if name == "hint":
                self._say(t("Hint:"), self.session.hint())
            elif name == "reveal":
                self._reveal(asked)
            elif name == "lesson":
                for line in lesson_lines(asked, self.chapters):
                    self._say(line)
            elif name == "help":
                self._help(asked)
            elif not text.strip():
                self._say(t("Expected: {form}.", form=local(expects(asked.question))))
            else:
                self._answer(text)
        return True

    def _answer(self, text: str) -> None:
        verdict = self.session.answer(text)
        show_notices(self.session.progress)
        if verdict.problem:
            self._say(t("Not counted:"), verdict.problem)
            return
        if verdict.right:
            self._say(self._sign("✓") + t("Right."), verdict.explanation, style="right")
        else:
            self._say(self._sign("✗") + t("Not right."), verdict.explanation, style="wrong")
        if verdict.right or not self.tries:
            self.session.proceed()
        elif not self._told:
            self._told = True
            self._say(t("Try again, or: {words}", words=command_words()), style="quiet")

    def _reveal(self, asked: Asked) -> None:
        answer = self.session.reveal()
        show_notices(self.session.progress)
        if answer is None:
            self._say(t("A try teaches more than an answer. To see it all the same, ask again."))
            return
        first, *rest = answer_lines(asked, answer)
        self._say(t("The answer:"), first)
        for line in rest:
            self._say(line)
        self._say("", asked.question.explain)
        self.session.proceed()

    def _help(self, asked: Asked) -> None:
        self._say(t("Expected: {form}.", form=local(expects(asked.question))))
        self._say(t("hint: one step forward. The answer then counts as helped."))
        self._say(t("skip: later; a second time, not at all."))
        self._say(t("reveal: show the answer, after two tries or when asked twice."))
        self._say(t("lesson: where this is explained."))
        self._say(t("quit: stop here. Everything answered is kept."))
        self._say(t("To report a fault in this question, name it: {id}", id=asked.question.id))
        self._say(t("A colon in front makes it a command in any case, and one letter enough: :h"))

    # -- printing ------------------------------------------------------------

    def _show(self, asked: Asked) -> None:
        question = asked.question
        print()
        title = lesson_title(self.chapters, question.chapter_id, question.lesson)
        total = len(self.session.asked)
        place = t("Question {number} of {total}", number=self.session.number, total=total)
        self._say(f"{place} · {title}", style="quiet")
        self._say("", question.prompt)
        if code := code_lines(asked):
            print("", *(f"    {line}".rstrip() for line in code), "", sep="\n")
        for number, left in enumerate(asked.presented.lefts, 1):
            self._item(str(number), left)
        for option in asked.presented.options:
            self._item(option.letter, option.text)
        self._say(f"({local(expects(question))})", style="quiet")

    def _item(self, mark: str, text: Text) -> None:
        words = prose.plain(content.inline_formulas(local(text)))
        for i, line in enumerate(wrap(words, self.columns - 5)):
            print(f"  {mark}  {line}" if i == 0 else f"     {line}")

    def _say(self, line: str, text: Text = "", style: str = "") -> None:
        """A line of the interface, followed by a content text."""
        if text:
            # the line is ours and plain words; the text is Markdown
            markdown = content.inline_formulas(local(text))
            # no space after Chinese punctuation, which has its own
            space = "" if line.endswith(("。", "：")) or not line else " "
            lines = prose.lines(line + space + markdown, self.columns, colour=self.colour)
        else:
            lines = wrap(line, self.columns)
        for number, part in enumerate(lines):
            print(self._paint(part, style) if number == 0 or not text else part)

    def _sign(self, mark: str) -> str:
        return f"{mark} " if self.colour else ""

    def _paint(self, text: str, style: str) -> str:
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if style and self.colour else text


def lesson_lines(asked: Asked, chapters: Mapping[str, Chapter]) -> list[str]:
    """Where a question is explained, and the command that shows it."""
    question = asked.question
    title = lesson_title(chapters, question.chapter_id, question.lesson)
    return [f"{title}: dltutor read {question.chapter_id} {question.lesson}"]


def summary_lines(found: Summary, chapters: Mapping[str, Chapter]) -> list[str]:
    """The summary of a session in words."""
    counts = [
        (found.right, t("{count} right at once", count=found.right)),
        (found.helped, t("{count} right with help", count=found.helped)),
        (found.wrong, t("{count} not right", count=found.wrong)),
        (found.skipped, t("{count} skipped", count=found.skipped)),
        (found.left, t("{count} left", count=found.left)),
    ]
    lines = [
        t("In all {total}:", total=found.total)
        + ("" if i18n.current() == "zh" else " ")
        + t(", ").join(words for count, words in counts if count or not found.total)
    ]
    for heading, lessons in (
        (t("Known, and marked so:"), found.known),
        (t("Worth reading again:"), found.reread),
    ):
        if lessons:
            lines.append(heading)
        for chapter_id, slug in lessons:
            title = lesson_title(chapters, chapter_id, slug)
            lines.append(f"  {title}: dltutor read {chapter_id} {slug}")
    return lines
