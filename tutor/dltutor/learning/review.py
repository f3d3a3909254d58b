"""When a question comes back: spaced repetition by FSRS.

The schedule is a function of the log of answers alone: each question's card is worked out by
replaying its answers, and kept only to save time. So two machines that merged their progress
agree, and a lost card is no loss. Nothing is random.

FSRS: Ye, Su and Cao, "A stochastic shortest path algorithm for optimizing spaced repetition
scheduling", KDD 2022; the package ``fsrs`` is its reference implementation.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from dltutor.chapter import Chapter
from dltutor.learning.exchange import parse_time

if TYPE_CHECKING:
    from fsrs import Card, Scheduler

    from dltutor.learning.progress import Progress
    from dltutor.learning.questions import Question
    from dltutor.learning.store import Store

SOON: Final = timedelta(minutes=10)
"""when a missed question comes back"""


def rating(right: bool, helped: bool) -> int:
    """FSRS's rating of an answer: 3 good, 2 hard (after a hint or a wrong try), 1 again."""
    return (2 if helped else 3) if right else 1


@lru_cache(maxsize=1)
def _scheduler() -> Scheduler:
    from fsrs import Scheduler

    # One step: whoever is right at first needs no second showing on the same day.
    # No random spread, so that the schedule can be worked out again from the log.
    return Scheduler(learning_steps=(SOON,), relearning_steps=(SOON,), enable_fuzzing=False)


def card(answers: Iterable[tuple[datetime, bool, bool]]) -> Card:
    """The FSRS card of one question from its answers ``(time, right, helped)``, oldest first."""
    from fsrs import Card, Rating

    first = list(answers)
    result = Card(card_id=1, due=first[0][0])
    for time, right, helped in first:
        result, _ = _scheduler().review_card(result, Rating(rating(right, helped)), time)
    return result


def schedule(store: Store) -> None:
    """Works out the cards that are missing. Where none is, fsrs is not even imported."""
    stale = store.read(
        "SELECT DISTINCT question FROM answers WHERE question NOT IN (SELECT question FROM cards)"
    )
    statements = []
    for (question,) in stale:
        rows = store.read(
            "SELECT at, right, helped FROM answers WHERE question = ? ORDER BY at, id", (question,)
        )
        if not rows:
            continue  # an id with a damaged byte, which does not come out as it went in
        found = card([(parse_time(at), bool(right), bool(helped)) for at, right, helped in rows])
        due = found.due.isoformat(timespec="microseconds").replace("+00:00", "Z")
        statements.append(
            (
                # not if somebody answered it meanwhile
                "INSERT OR REPLACE INTO cards SELECT ?, ?, ? "
                "WHERE (SELECT count(*) FROM answers WHERE question = ?) = ?",
                (question, due, found.to_json(), question, len(rows)),
            )
        )
    if statements:
        store.write(*statements)


def due(
    progress: Progress, chapters: Sequence[Chapter], now: datetime | None = None
) -> list[Question]:
    """The questions of ``chapters`` that are due, longest overdue first.

    What is due of chapters that are gone is passed over, and kept.
    """
    ids = progress.due(now)
    known = _questions(chapters, {id_.partition("/")[0] for id_ in ids})
    return [known[id_] for id_ in ids if id_ in known]


def next_due(progress: Progress, chapters: Sequence[Chapter]) -> datetime | None:
    """When the next question of ``chapters`` is due; None when none was ever answered."""
    times = progress.due_times()
    known = _questions(chapters, {id_.partition("/")[0] for id_ in times})
    return next((time for id_, time in times.items() if id_ in known), None)


def _questions(chapters: Sequence[Chapter], wanted: set[str]) -> dict[str, Question]:
    from dltutor.errors import ContentError
    from dltutor.learning.questions import questions

    found: dict[str, Question] = {}
    for chapter in chapters:
        if chapter.id in wanted:
            try:
                found.update((question.id, question) for question in questions(chapter))
            except ContentError:
                continue  # one chapter's damaged quiz does not stop the review of the others
    return found
