"""``dltutor quiz`` and ``dltutor review``: questions, asked on a terminal, in a pipe or as JSON."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dltutor import content, i18n, registry
from dltutor.chapter import Chapter
from dltutor.cli.main import new_app
from dltutor.errors import UsageError
from dltutor.i18n import local, t
from dltutor.text import clean

if TYPE_CHECKING:
    from dltutor.learning.progress import Progress
    from dltutor.learning.questions import Question
    from dltutor.learning.session import Session

WIDEST = 80

quiz_app = new_app()
review_app = new_app()
APPS: dict[str, typer.Typer] = {"quiz": quiz_app, "review": review_app}

Plain = Annotated[bool, typer.Option("--plain", help=t("No colour, no signs, words only."))]
Json = Annotated[bool, typer.Option("--json", help=t("One JSON object a line, both ways."))]
Seed = Annotated[
    int,
    typer.Option(
        "--seed",
        show_default=False,
        help=t("The order of choices: the same seed, the same letters."),
    ),
]


@quiz_app.command(help=t("Answer a chapter's questions; those not yet answered right come."))
def quiz(
    chapter: Annotated[str, typer.Argument(help=t("Number, id or short name: 3, chapter3, mlp."))],
    lesson: Annotated[
        str, typer.Option("--lesson", help=t("Only the questions on this lesson."))
    ] = "",
    question: Annotated[str, typer.Option("--question", help=t("Only this one, by its id."))] = "",
    again: Annotated[
        bool, typer.Option("--again", help=t("Also those that were answered right."))
    ] = False,
    placement: Annotated[
        bool,
        typer.Option("--placement", help=t("A few questions that mark what you know already.")),
    ] = False,
    seed: Seed = -1,
    plain: Plain = False,
    as_json: Json = False,
) -> None:
    from dltutor.learning.progress import Progress
    from dltutor.learning.questions import questions
    from dltutor.learning.session import Placement, Session, unmastered

    if placement and (lesson or question or again):
        raise UsageError(
            t("--placement asks about the whole chapter"),
            t("leave out --lesson, --question and --again"),
        )
    found = registry.find(chapter)
    asked = list(questions(found))
    if not asked:
        raise UsageError(t("{chapter} has no questions", chapter=found.id))
    if lesson:
        slug = content.find_lesson(found, lesson, i18n.current()).slug
        asked = [q for q in asked if q.lesson == slug]
        if not asked:
            raise UsageError(t("no question is about the lesson {lesson}", lesson=slug))
    if question:
        asked = [_find(question, asked, found)]
    with Progress.open() as progress:
        chosen = bool(again or placement or question)
        waiting = asked if chosen else unmastered(asked, progress)
        if not waiting:
            _all_right(found, len(asked), progress, as_json=as_json)
            code = 0
        else:
            session = (Placement if placement else Session)(waiting, progress, _seed(seed))
            what = t("placement") if placement else t("quiz")
            code = _sit(
                session,
                [found],
                "placement" if placement else "quiz",
                heading=f"{clean(local(found.title))} · {what}",
                plain=plain,
                as_json=as_json,
            )
    _notices(progress)  # what closing has to say
    if code:
        raise typer.Exit(code)


@review_app.command(help=t("Answer the questions that are due again."))
def review(
    limit: Annotated[
        int, typer.Option("--limit", min=0, help=t("At most so many; 0: all that are due."))
    ] = 20,
    seed: Seed = -1,
    plain: Plain = False,
    as_json: Json = False,
) -> None:
    from dltutor.learning import review as schedule
    from dltutor.learning.progress import Progress
    from dltutor.learning.session import Session

    chapters = registry.chapters()
    with Progress.open() as progress:
        due = schedule.due(progress, chapters)
        if not due:
            _nothing_due(progress, chapters, as_json=as_json)
            code = 0
        else:
            asked = due[:limit] if limit else due
            code = _sit(
                Session(asked, progress, _seed(seed)),
                chapters,
                "review",
                heading=t("Review: {count} of {due} due questions", count=len(asked), due=len(due)),
                plain=plain,
                as_json=as_json,
            )
    _notices(progress)  # what closing has to say
    if code:
        raise typer.Exit(code)


def _find(name: str, among: Sequence[Question], chapter: Chapter) -> Question:
    wanted = name.removeprefix(f"{chapter.id}/")
    by_name = {q.id.partition("/")[2]: q for q in among}
    if wanted in by_name:
        return by_name[wanted]
    from difflib import get_close_matches

    near = get_close_matches(wanted, by_name, n=1)
    raise UsageError(
        t("there is no question {name!r} here", name=name),
        t("did you mean {near}?", near=near[0])
        if near
        else t("one of {ids}", ids=", ".join(by_name)),
    )


def _seed(asked: int) -> int:
    return asked if asked >= 0 else int.from_bytes(os.urandom(4))


def _sit(
    session: Session,
    chapters: Sequence[Chapter],
    kind: str,
    *,
    heading: str,
    plain: bool,
    as_json: bool,
) -> int:
    """Asks, sums up, and returns the exit code."""
    # a terminal or a pipe may hold what this encoding can not: never a traceback for that
    for stream in (sys.stdin, sys.stdout):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    if as_json:
        from dltutor.cli import asking_json

        asking_json.emit(
            "session",
            protocol=asking_json.PROTOCOL,
            kind=kind,
            lang=i18n.current(),
            seed=session.seed,
            questions=len(session.asked),
        )
        asking_json.notices(session)
        whole = asking_json.ask_all(session)
        asking_json.summary(session, **_next(session.progress, chapters))
        asking_json.notices(session)
    else:
        from dltutor.cli.asking import InWords
        from dltutor.cli.browse import colour_wanted

        _notices(session.progress)
        columns = max(min(shutil.get_terminal_size((WIDEST, 24)).columns, WIDEST), 20)
        colour = not plain and colour_wanted()
        asking = InWords(
            session, {c.id: c for c in chapters}, columns, colour=colour, tries=kind != "placement"
        )
        print(heading)
        whole = asking.ask_all()
        asking.summary()
        _notices(session.progress)
    return 0 if whole else 130


def _next(progress: Progress, chapters: Sequence[Chapter]) -> dict[str, Any]:
    from dltutor.learning import review as schedule

    moment = schedule.next_due(progress, chapters)
    return {
        "next_due": moment.isoformat(timespec="seconds").replace("+00:00", "Z") if moment else None
    }


def _notices(progress: Progress) -> None:
    from dltutor.cli.asking import show_notices

    show_notices(progress)


def _all_right(chapter: Chapter, count: int, progress: Progress, *, as_json: bool) -> None:
    if as_json:
        _nothing_as_json("quiz", **_next(progress, [chapter]))
        return
    print(t("All {count} questions were answered right.", count=count))
    print(t("Once more: {command}", command=f"dltutor quiz {chapter.id} --again"))
    print(t("What is due again: {command}", command="dltutor review"))


def _nothing_due(progress: Progress, chapters: Sequence[Chapter], *, as_json: bool) -> None:
    if as_json:
        _nothing_as_json("review", **_next(progress, chapters))
        return
    from dltutor.learning import review as schedule

    moment = schedule.next_due(progress, chapters)
    if moment is None:
        print(t("Nothing is due: what you answer in a quiz comes back here."))
        print(t("Begin with: {command}", command="dltutor list"))
    else:
        print(t("Nothing is due. The next question is due {when}.", when=_when(moment)))


def _nothing_as_json(kind: str, **more: Any) -> None:
    from dltutor.cli.asking_json import PROTOCOL, emit

    emit("session", protocol=PROTOCOL, kind=kind, lang=i18n.current(), seed=None, questions=0)
    none = dict.fromkeys(("total", "right", "helped", "wrong", "skipped", "left"), 0)
    emit("summary", **none, reread=[], known=[], **more)


def _when(moment: datetime) -> str:
    """``in 9 minutes``, ``on 2026-03-04 at 18:20``."""
    minutes = max(round((moment - datetime.now(UTC)).total_seconds() / 60), 1)
    if minutes < 60:
        return t("in {minutes} min", minutes=minutes)
    here = moment.astimezone()
    return t("on {day} at {time}", day=here.strftime("%Y-%m-%d"), time=here.strftime("%H:%M"))
