"""A sitting: some questions asked one after the other, with hints, tries and skipping.

The terminal, the JSON protocol and the screens all ask through a Session; it decides what
comes next and what is recorded, they only show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from dltutor.chapter import Text
from dltutor.learning.questions import Presented, Question, grade, present, solution

if TYPE_CHECKING:
    from dltutor.learning.grading import Verdict
    from dltutor.learning.progress import Progress

REVEAL_AFTER: Final = 2
"""wrong tries after which the answer is shown when asked for; before, one has to ask twice"""

Outcome = Literal["right", "helped", "wrong", "revealed", "skipped"]


@dataclass(slots=True)
class Asked:
    """One question of a sitting, and what became of it."""

    presented: Presented
    tries: int = 0
    hinted: bool = False
    reveal_asked: bool = False
    skips: int = 0
    outcome: Outcome | None = None
    """None: still to come"""

    @property
    def question(self) -> Question:
        return self.presented.question

    @property
    def closed(self) -> bool:
        """Nothing more can be answered here."""
        return self.outcome in ("right", "helped", "revealed")


@dataclass(frozen=True, slots=True)
class Summary:
    """What became of a sitting. The numbers are of questions."""

    total: int
    right: int
    """at the first try and without a hint"""
    helped: int
    """right after a hint or a wrong try"""
    wrong: int
    """tried, and not right in the end; or the answer was shown"""
    skipped: int
    left: int
    """not come to"""
    reread: tuple[tuple[str, str], ...] = ()
    """chapter id and slug of the lessons on what was not right at once"""
    known: tuple[tuple[str, str], ...] = ()
    """placement: the lessons that are now marked as known"""


@dataclass(slots=True)
class Session:
    """Asks ``questions`` in order. A skipped one comes back once, at the end.

    ``current`` is the question to show, None at the end. Each of ``answer``, ``hint``, ``skip``
    and ``reveal`` is about it; ``proceed`` goes to the next.
    """

    questions: Sequence[Question]
    progress: Progress
    seed: int | str
    asked: list[Asked] = field(init=False)
    _queue: list[Asked] = field(init=False)

    def __post_init__(self) -> None:
        self.asked = [Asked(present(question, self.seed)) for question in self.questions]
        self._queue = list(self.asked)

    @property
    def current(self) -> Asked | None:
        return self._queue[0] if self._queue else None

    @property
    def waiting(self) -> Sequence[Asked]:
        """The questions that are still to come, the current one first."""
        return tuple(self._queue)

    @property
    def number(self) -> int:
        """The current question's number, from 1."""
        return self.asked.index(self._queue[0]) + 1 if self._queue else len(self.asked)

    def answer(self, text: str) -> Verdict:
        """Judges an answer. It is recorded before this returns, unless it has a ``problem``."""
        asked = self._now()
        verdict = grade(asked.presented, text)
        if verdict.problem or asked.closed:
            return verdict
        asked.tries += 1
        helped = asked.hinted or asked.tries > 1
        self.progress.answer(asked.question.id, right=verdict.right, given=text, helped=helped)
        asked.outcome = ("helped" if helped else "right") if verdict.right else "wrong"
        return verdict

    def hint(self) -> Text:
        """The hint. An answer after it counts as helped."""
        asked = self._now()
        asked.hinted = True
        return asked.question.hint

    def reveal(self) -> str | None:
        """The answer as one would type it; None: ask once more, since too little was tried.

        Who has not tried at all is recorded as wrong, so that the question comes back.
        """
        asked = self._now()
        if asked.tries < REVEAL_AFTER and not asked.reveal_asked and not asked.closed:
            asked.reveal_asked = True
            return None
        if not asked.closed:
            if asked.tries == 0:
                self.progress.answer(asked.question.id, right=False)
            asked.outcome = "revealed"
        return solution(asked.presented)

    def skip(self) -> None:
        """Leaves the question for the end; a second time, for good."""
        asked = self._now()
        asked.skips += 1
        self._queue.pop(0)
        if asked.outcome is None:
            asked.outcome = "skipped"
        if asked.skips == 1 and not asked.closed and self._queue:
            self._queue.append(asked)

    def proceed(self) -> None:
        """Goes on to the next question."""
        if self._queue:
            self._queue.pop(0)

    def summary(self) -> Summary:
        outcomes = [asked.outcome for asked in self.asked]
        missed = [a for a in self.asked if a.outcome in ("helped", "wrong", "revealed")]
        return Summary(
            total=len(outcomes),
            right=outcomes.count("right"),
            helped=outcomes.count("helped"),
            wrong=outcomes.count("wrong") + outcomes.count("revealed"),
            skipped=outcomes.count("skipped"),
            left=outcomes.count(None),
            reread=tuple(dict.fromkeys((a.question.chapter_id, a.question.lesson) for a in missed)),
            known=self._known(),
        )

    def _known(self) -> tuple[tuple[str, str], ...]:
        return ()

    def _now(self) -> Asked:
        if not self._queue:
            raise IndexError("there is no question left")
        return self._queue[0]


# kinds from the hardest to guess to the easiest
_TELLING: Final = ("number", "output", "shape", "text", "order", "match", "choices", "choice")


@dataclass(slots=True)
class Placement(Session):
    """Finds out what is known: one question a lesson, a second one where the first was right.

    A lesson is marked as known when both (or the only one) are right at once.
    """

    _second: dict[str, Question] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        picked = pick_for_placement(self.questions)
        self._second = {lesson: pair[1] for lesson, pair in picked.items() if len(pair) > 1}
        self.questions = [pair[0] for pair in picked.values()]
        # not super(): a dataclass with slots is a second class, which super() does not know
        Session.__post_init__(self)

    def answer(self, text: str) -> Verdict:
        asked = self._now()
        verdict = Session.answer(self, text)
        lesson = asked.question.lesson
        if asked.outcome == "right":
            second = self._second.pop(lesson, None)
            if second is not None:
                self.asked.append(Asked(present(second, self.seed)))
                self._queue.append(self.asked[-1])
            elif all(a.outcome == "right" for a in self.asked if a.question.lesson == lesson):
                self.progress.read_lesson(asked.question.chapter_id, lesson, known=True)
        return verdict

    def skip(self) -> None:
        """Not known: the question does not come back."""
        self._now().skips = 1
        Session.skip(self)

    def _known(self) -> tuple[tuple[str, str], ...]:
        lessons: dict[tuple[str, str], list[Asked]] = {}
        for asked in self.asked:
            key = asked.question.chapter_id, asked.question.lesson
            lessons.setdefault(key, []).append(asked)
        return tuple(
            key
            for key, of in lessons.items()
            if key[1] not in self._second and all(asked.outcome == "right" for asked in of)
        )


def pick_for_placement(questions: Sequence[Question]) -> dict[str, list[Question]]:
    """By lesson, up to two questions, spread over the kinds, those hard to guess first."""
    used: dict[str, int] = {}
    picked: dict[str, list[Question]] = {question.lesson: [] for question in questions}
    for _ in range(2):
        for lesson, of in picked.items():
            rest = [q for q in questions if q.lesson == lesson and q not in of]
            if rest:
                best = min(rest, key=lambda q: (used.get(q.kind, 0), _TELLING.index(q.kind)))
                used[best.kind] = used.get(best.kind, 0) + 1
                of.append(best)
    return picked


def unmastered(questions: Sequence[Question], progress: Progress) -> list[Question]:
    """The questions that were never answered right."""
    chapters = {question.chapter_id for question in questions}
    right = {
        id_ for c in chapters for id_, standing in progress.questions(c).items() if standing.right
    }
    return [question for question in questions if question.id not in right]
