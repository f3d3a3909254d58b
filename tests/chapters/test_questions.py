"""The questions of every chapter: right is right, and each wrong answer has a reason of its own."""

from __future__ import annotations

from collections import Counter

import pytest

from dltutor import content, registry
from dltutor.chapter import LANGUAGES, Chapter, pick
from dltutor.learning.questions import Question, grade, present, questions, solution
from dltutor.text import width

CHAPTERS = [entry.chapter for entry in registry.entries() if entry.chapter is not None]
QUESTIONS = [pytest.param(q, id=q.id) for chapter in CHAPTERS for q in questions(chapter)]
CHOICES = [
    parameter
    for parameter in QUESTIONS
    if parameter.values[0].kind == "choice"  # type: ignore[union-attr]
]


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.id)
def test_every_lesson_is_asked_in_order_and_by_many_kinds(chapter: Chapter) -> None:
    asked = questions(chapter)
    slugs = [lesson.slug for lesson in content.lessons(chapter, "en")]
    assert 12 <= len(asked) <= 22
    assert len({q.kind for q in asked}) >= 5
    assert min(Counter(q.lesson for q in asked).values()) >= 1
    order = [slugs.index(q.lesson) for q in asked]
    assert order == sorted(order)
    assert set(order) == set(range(len(slugs)))


@pytest.mark.parametrize("question", QUESTIONS)
def test_right_is_right_and_each_wrong_answer_has_its_own_reason(question: Question) -> None:
    shown = present(question, 7)
    assert grade(shown, solution(shown)).right
    for answer in question.answers:
        assert grade(shown, answer).right, answer
    for wrong in question.wrong:
        verdict = grade(shown, str(wrong.answer))
        assert not verdict.problem
        assert not verdict.right
        assert verdict.explanation == wrong.why
    if question.kind == "choice":
        for option in shown.options:
            choice = question.choices[option.index]
            verdict = grade(shown, option.letter)
            assert verdict.right is choice.right
            assert choice.right or verdict.explanation == choice.why


@pytest.mark.parametrize("question", CHOICES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_length_of_a_choice_tells_nothing(question: Question, lang: str) -> None:
    right = max(width(pick(c.text, lang)) for c in question.choices if c.right)
    wrong = max(width(pick(c.text, lang)) for c in question.choices if not c.right)
    assert right <= 1.15 * wrong
