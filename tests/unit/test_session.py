"""A sitting: what is asked, in which order, and what is recorded of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dltutor.learning.progress import Progress
from dltutor.learning.questions import Question, read, solution
from dltutor.learning.session import Placement, Session, pick_for_placement, unmastered

FILE = Path(__file__).parent / "data" / "quiz" / "kinds.toml"
ALL = read(FILE.read_text(encoding="utf-8"), "chapter3")


@pytest.fixture
def progress() -> Iterator[Progress]:
    with Progress.open() as opened:
        yield opened


def right(session: Session) -> str:
    assert session.current is not None
    return solution(session.current.presented)


def log(progress: Progress) -> list[tuple[str, bool, bool]]:
    rows = progress.store.read("SELECT question, right, helped FROM answers ORDER BY at")
    return [(question.partition("/")[2], bool(r), bool(h)) for question, r, h in rows]


def number(session: Session) -> Session:
    """Goes on to the question that a number answers."""
    while session.current is not None and session.current.question.kind != "number":
        session.proceed()
    return session


def test_all_right_at_once(progress: Progress) -> None:
    session = Session(ALL, progress, 1)
    while session.current is not None:
        assert session.answer(right(session)).right
        session.proceed()
    summary = session.summary()
    assert (summary.total, summary.right, summary.reread) == (8, 8, ())
    assert log(progress) == [(q.id.partition("/")[2], True, False) for q in ALL]
    assert unmastered(ALL, progress) == []


def test_what_is_not_understood_is_not_recorded(progress: Progress) -> None:
    session = number(Session(ALL, progress, 1))
    assert session.answer("many").problem
    assert log(progress) == []
    assert session.current is not None
    assert session.current.tries == 0


def test_a_wrong_try_leaves_the_question_open_and_makes_the_right_one_helped(
    progress: Progress,
) -> None:
    session = number(Session(ALL, progress, 1))
    assert not session.answer("7850").right
    assert session.answer("7840").right
    assert log(progress) == [("parameters", False, False), ("parameters", True, True)]
    assert session.summary().helped == 1
    assert session.summary().reread == (("chapter3", "network"),)
    assert "chapter3/parameters" not in [q.id for q in unmastered(ALL, progress)]


def test_an_answer_after_the_right_one_is_judged_and_not_recorded(progress: Progress) -> None:
    session = number(Session(ALL, progress, 1))
    session.answer("7840")
    assert not session.answer("1").right
    assert len(log(progress)) == 1


def test_a_hint_makes_the_answer_helped(progress: Progress) -> None:
    session = number(Session(ALL, progress, 1))
    assert session.hint() == {"en": "Multiply.", "zh": "相乘。"}
    session.answer("7840")
    assert log(progress) == [("parameters", True, True)]


def test_the_answer_is_shown_after_two_tries_or_when_asked_twice(progress: Progress) -> None:
    session = number(Session(ALL, progress, 1))
    assert session.reveal() is None
    assert session.reveal() == "7840"
    assert log(progress) == [("parameters", False, False)]  # so that it comes back
    session = number(Session(ALL, progress, 1))
    session.answer("1")
    assert session.reveal() is None
    session.answer("2")
    assert session.reveal() == "7840"
    assert len(log(progress)) == 3
    assert session.summary().wrong == 1


def test_a_skipped_question_comes_back_once_at_the_end(progress: Progress) -> None:
    session = Session(ALL[:3], progress, 1)
    order: list[Question] = []
    while session.current is not None:
        order.append(session.current.question)
        session.skip()
    assert order == [*ALL[:3], *ALL[:3]]
    assert session.summary().skipped == 3
    assert log(progress) == []


def test_the_letters_stay_when_a_question_comes_back(progress: Progress) -> None:
    session = Session(ALL[:2], progress, 1)
    assert session.current is not None
    first = session.current.presented
    session.skip()
    session.skip()
    assert session.current.presented == first


def test_the_last_question_can_be_skipped(progress: Progress) -> None:
    session = Session(ALL[:1], progress, 1)
    session.skip()
    assert session.current is None


def test_only_what_was_never_right_is_left(progress: Progress) -> None:
    progress.answer(ALL[0].id, right=True)
    progress.answer(ALL[0].id, right=False)
    progress.answer(ALL[1].id, right=False)
    assert unmastered(ALL, progress) == list(ALL[1:])


# -- placement ------------------------------------------------------------------


def test_a_placement_asks_one_question_a_lesson_and_spreads_the_kinds() -> None:
    picked = pick_for_placement(ALL)
    assert list(picked) == ["loss", "loop", "network", "measure", "pictures"]
    assert {lesson: len(of) for lesson, of in picked.items()} == {
        "loss": 2, "loop": 2, "network": 2, "measure": 1, "pictures": 1,
    }  # fmt: skip
    first = [of[0].kind for of in picked.values()]
    assert len(set(first)) == 5
    assert "choice" not in first  # easy to guess, where there is something else


def test_lessons_are_known_when_both_questions_are_right(progress: Progress) -> None:
    session = Placement(ALL, progress, 1)
    asked = []
    while session.current is not None:
        question = session.current.question
        asked.append(question.lesson)
        session.answer("999999" if question.id == "chapter3/parameters" else right(session))
        session.proceed()
    # the second question of a lesson comes only after a right first one
    assert asked.count("loss") == asked.count("loop") == 2
    assert asked.count("measure") == asked.count("pictures") == asked.count("network") == 1
    known = {"loss", "loop", "measure", "pictures"}
    assert {lesson for _, lesson in session.summary().known} == known
    assert progress.lessons("chapter3") == dict.fromkeys(known, "known")
    assert ("chapter3", "network") in session.summary().reread


def test_help_and_skipping_make_no_lesson_known(progress: Progress) -> None:
    session = Placement(ALL, progress, 1)
    session.hint()
    session.answer(right(session))
    session.proceed()
    while session.current is not None:
        session.skip()
    assert session.summary().known == ()
    assert session.summary().skipped == 4
    assert progress.lessons("chapter3") == {}


def test_a_placement_can_be_undone(progress: Progress) -> None:
    session = Placement([q for q in ALL if q.lesson == "measure"], progress, 1)
    session.answer(right(session))
    assert progress.lessons("chapter3") == {"measure": "known"}
    progress.reset("chapter3")
    assert progress.lessons("chapter3") == {}
