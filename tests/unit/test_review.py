"""When questions come back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dltutor import paths, registry
from dltutor.learning import review
from dltutor.learning.progress import Progress

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def due_after(*answers: tuple[datetime, bool, bool]) -> timedelta:
    """How long after the last answer the question comes back."""
    return review.card(answers).due - answers[-1][0]


def test_a_missed_question_comes_back_soon_and_a_right_one_in_days() -> None:
    assert due_after((NOW, False, False)) == review.SOON
    assert due_after((NOW, True, True)) < timedelta(hours=1)
    assert DAY <= due_after((NOW, True, False)) <= 7 * DAY


def test_right_answers_come_at_growing_intervals() -> None:
    answers = [(NOW, True, False)]
    waits = []
    for _ in range(6):
        waits.append(due_after(*answers))
        answers.append((answers[-1][0] + waits[-1], True, False))
    assert waits == sorted(waits)
    assert waits[-1] > 90 * DAY


def test_a_miss_after_months_begins_anew_but_not_from_nothing() -> None:
    learned = [(NOW + i * 10 * DAY, True, False) for i in range(5)]
    missed = (NOW + 100 * DAY, False, False)
    assert due_after(*learned, missed) == review.SOON
    again = (missed[0] + review.SOON, True, False)
    assert due_after(*learned, missed, again) > due_after(
        (NOW, False, False), (NOW + review.SOON, True, False)
    )


def test_help_counts_for_less() -> None:
    def after(helped: bool) -> timedelta:
        return due_after((NOW, True, False), (NOW + 3 * DAY, True, helped))

    assert after(helped=True) < after(helped=False)


ANSWERS = st.lists(
    st.tuples(
        st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(
            lambda m: m.replace(tzinfo=UTC)
        ),
        st.booleans(),
        st.booleans(),
    ),
    min_size=1,
    max_size=12,
).map(sorted)


@given(ANSWERS)
@settings(max_examples=50, deadline=None)
def test_the_schedule_is_a_function_of_the_answers(answers: list[Any]) -> None:
    card = review.card(answers)
    assert card == review.card(answers)
    assert card.due > answers[-1][0]


def test_what_is_due_depends_on_the_time() -> None:
    with Progress.open() as progress:
        progress.answer("chapter3/missed", right=False)
        progress.answer("chapter3/known", right=True)
        now = datetime.now(UTC)
        assert progress.due(now) == []
        assert progress.due(now + timedelta(minutes=11)) == ["chapter3/missed"]
        assert progress.due(now + 30 * DAY) == ["chapter3/missed", "chapter3/known"]
        progress.answer("chapter3/missed", right=True)
        assert progress.due(now + timedelta(minutes=11)) == []
        assert list(progress.due_times()) == ["chapter3/missed", "chapter3/known"]


def test_the_kept_cards_are_those_that_the_log_gives() -> None:
    with Progress.open() as progress:
        for right in (True, False, True):
            progress.answer("chapter3/a", right=right)
            progress.answer("chapter3/b", right=not right)
        kept = progress.due_times()
        progress.store.write(("DELETE FROM cards", ()))
        assert progress.due_times() == kept


def test_a_card_worked_out_before_a_newer_answer_is_not_kept() -> None:
    with Progress.open() as one, Progress.open(paths.progress_file()) as other:
        one.answer("chapter3/a", right=True)
        one.due()
        other.answer("chapter3/a", right=False)
        assert one.due(datetime.now(UTC) + timedelta(hours=1)) == ["chapter3/a"]


def test_questions_of_chapters_that_are_gone_are_passed_over_and_kept() -> None:
    chapter = registry.find("chapter3")
    later = datetime.now(UTC) + DAY
    from dltutor.learning.questions import questions

    question = questions(chapter)[0]
    with Progress.open() as progress:
        progress.answer("gone/old", right=False)
        progress.answer("chapter3/not-any-more", right=False)
        progress.answer(question.id, right=False)
        assert progress.due(later) == ["gone/old", "chapter3/not-any-more", question.id]
        assert review.due(progress, [chapter], later) == [question]
        assert review.due(progress, [], later) == []
        assert review.next_due(progress, []) is None
        moment = review.next_due(progress, [chapter])
        assert moment is not None
        assert timedelta(0) < moment - datetime.now(UTC) <= review.SOON
        assert progress.counts("gone").questions_answered == 1


@pytest.mark.parametrize(
    ("right", "helped", "rating"),
    [(True, False, 3), (True, True, 2), (False, False, 1), (False, True, 1)],
)
def test_ratings(right: bool, helped: bool, rating: int) -> None:
    assert review.rating(right, helped) == rating


def test_fsrs_is_imported_only_to_work_out_a_card() -> None:
    import subprocess
    import sys

    code = """
import sys
from dltutor.learning.progress import Progress
with Progress.open() as progress:
    progress.answer("chapter3/a", right=True)
    print("fsrs" in sys.modules)
    progress.due()
    print("fsrs" in sys.modules)
"""
    look = """
import sys
from dltutor.learning.progress import Progress
print(Progress.open().due(), "fsrs" in sys.modules)
"""
    first, second = (
        subprocess.run([sys.executable, "-c", c], capture_output=True, encoding="utf-8", check=True)
        for c in (code, look)
    )
    assert first.stdout.split() == ["False", "True"]
    assert second.stdout.strip() == "[] False"
