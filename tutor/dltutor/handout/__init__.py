"""A chapter as a file to take along: a Jupyter notebook, or one page of HTML.

Both are made from the same blocks. What the terminal draws is drawn into the page; what the
terminal runs is a cell of the notebook that runs it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from dltutor import content
from dltutor.chapter import Chapter, Text, pick
from dltutor.i18n import t
from dltutor.parts import Embedded, Formula, Listing, Prose, TryIt, inline_formulas, parts
from dltutor.prose import demo_command
from dltutor.views import View


@dataclass(frozen=True, slots=True)
class Words:
    """Markdown. ``latex`` is the same with its formulas as they were written."""

    markdown: str
    latex: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """A heading that links lead to."""

    name: str
    level: int
    title: str


@dataclass(frozen=True, slots=True)
class Code:
    """Code to read; ``caption`` says where it comes from."""

    code: str
    language: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """A command for a shell; ``views`` is what a demo shows, where it was run."""

    command: str
    views: tuple[View, ...] = ()


@dataclass(frozen=True, slots=True)
class File:
    """A file that the reader completes, and the command that checks it."""

    name: str
    code: str
    check: str


@dataclass(frozen=True, slots=True)
class Folded:
    """Text that is seen only when it is opened: hints, answers, solutions."""

    title: str
    inside: tuple[Words | Code, ...]


Block = Words | Anchor | Code | Command | File | Folded | Formula

Demo = Callable[[Embedded], Sequence[View]]


def blocks(chapter: Chapter, lang: str, demo: Demo | None = None) -> Iterator[Block]:
    """The whole chapter: its lessons, each followed by its exercises and questions.

    ``demo`` gives the views of an embedded demo; without it only its command is shown.
    """
    yield Anchor("chapter", 1, pick(chapter.title, lang))
    yield _words(pick(chapter.summary, lang))
    lessons = content.lessons(chapter, lang)
    yield _words("\n".join(f"{x.number}. [{x.title}]({x.slug})" for x in lessons))
    for lesson in lessons:
        yield from _lesson(chapter, lesson, lang, demo)


def _lesson(
    chapter: Chapter, lesson: content.Lesson, lang: str, demo: Demo | None
) -> Iterator[Block]:
    yield Anchor(lesson.slug, 2, f"{lesson.number}. {lesson.title}")
    yield _words("\n".join(f"- {goal}" for goal in lesson.goals))
    for part in parts(lesson):
        if isinstance(part, Prose):
            # a lesson's headings begin below its title, and here below the chapter's
            yield Words(_lower(part.markdown), _lower(part.latex))
        elif isinstance(part, Listing):
            caption = f"{part.file.name}  {part.symbol}" if part.symbol else ""
            yield Code(part.code, part.language, caption)
        elif isinstance(part, Formula):
            yield part
        elif isinstance(part, Embedded):
            yield Command(demo_command(chapter.id, part), tuple(demo(part)) if demo else ())
        elif isinstance(part, TryIt):
            yield Words(*(f"**{t('Try it:')}** {x}" for x in (part.markdown, part.latex)))
            yield Command(part.command)
    yield from _exercises(chapter, lesson, lang)
    yield from _questions(chapter, lesson, lang)


def _exercises(chapter: Chapter, lesson: content.Lesson, lang: str) -> Iterator[Block]:
    from dltutor.learning.exercises import exercises

    for exercise in exercises(chapter):
        if exercise.lesson != lesson.slug:
            continue
        yield Anchor(
            f"exercise-{exercise.name}", 3, t("Exercise: {title}", title=pick(exercise.title, lang))
        )
        yield _words(_lower(exercise.statement(lang)))
        name = exercise.name.replace("-", "_") + ".py"
        check = f"dltutor exercise check {chapter.id} {exercise.name} --file {name}"
        yield File(name, exercise.starter, check)
        hints = "\n".join(f"{i}. {pick(hint, lang)}" for i, hint in enumerate(exercise.hints, 1))
        yield Folded(t("Hints"), (_words(hints),))
        note = _words(pick(exercise.note, lang))
        yield Folded(t("Solution"), (Code(exercise.solution, "python"), note))


def _questions(chapter: Chapter, lesson: content.Lesson, lang: str) -> Iterator[Block]:
    from dltutor.learning.questions import present, questions, solution

    own = [question for question in questions(chapter) if question.lesson == lesson.slug]
    if own:
        yield Anchor(f"{lesson.slug}-questions", 3, t("Questions"))
    for number, question in enumerate(own, 1):
        shown = present(question, seed=0)
        prompt = f"**{number}.** {pick(question.prompt, lang)}"
        if question.code:
            prompt += f"\n\n```python\n{question.code.rstrip()}\n```"
        if question.input:
            prompt += "\n\n" + t("input shape: {shape}", shape=question.input)
        if shown.lefts:
            prompt += "\n\n" + _listed(shown.lefts, lang, "123456789")
        if shown.options:
            prompt += "\n\n" + _listed([x.text for x in shown.options], lang, shown.letters())
        unit = f" {question.unit[0]}" if question.unit else ""
        answer = f"**{solution(shown)}{unit}**\n\n{pick(question.explain, lang)}"
        yield _words(prompt)
        yield Folded(t("Hint"), (_words(pick(question.hint, lang)),))
        yield Folded(t("Answer"), (_words(answer),))


def _listed(texts: Sequence[Text], lang: str, marks: str) -> str:
    rows = zip(marks, texts, strict=False)
    return "\n".join(f"- **{mark}**  {pick(text, lang)}" for mark, text in rows)


_HEADING: Final = re.compile(r"^(#{2,5}) ", re.MULTILINE)


def _lower(markdown: str) -> str:
    """Headings one level lower, outside code."""
    pieces = re.split(r"(^```.*?^```)", markdown, flags=re.DOTALL | re.MULTILINE)
    return "".join(
        piece if piece.startswith("```") else _HEADING.sub(r"#\1 ", piece) for piece in pieces
    )


def _words(markdown: str) -> Words:
    return Words(inline_formulas(markdown), markdown)


def links(markdown: str) -> str:
    """Links to lessons as links within the file."""
    return re.sub(r"\]\(([a-z0-9]+(?:-[a-z0-9]+)*)\)", r"](#\1)", markdown)
