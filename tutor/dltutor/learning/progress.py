"""What the learner has done, kept in one file and safe against everything but the learner.

    with Progress.open() as progress:
        progress.answer("chapter3/one-hot", right=True, given="b")

Ids decide, so edited texts keep their progress. Several processes and threads may write at
once. Nothing here raises because of the file: ``take_notices()`` says what the learner should
know about it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from dltutor import paths
from dltutor.errors import TutorError
from dltutor.i18n import t
from dltutor.learning.database import Statement
from dltutor.learning.exchange import parse_time
from dltutor.learning.store import Store


@dataclass(frozen=True, slots=True)
class Counts:
    """How far one is in a chapter. Ids that the chapter no longer has are counted too."""

    lessons_read: int = 0
    """read, or known by a placement quiz"""
    questions_right: int = 0
    """answered right at least once"""
    questions_answered: int = 0
    exercises_passed: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of one question so far."""

    answers: int
    right: bool
    """answered right at least once"""
    last_right: bool
    last: datetime


@dataclass(frozen=True, slots=True)
class Position:
    """Where the learner was."""

    chapter_id: str
    lesson: str
    """slug"""
    place: float
    """from 0, the lesson's beginning, to 1, its end"""
    at: datetime


@dataclass(frozen=True, slots=True)
class Note:
    """A bookmark, or with a text a note, at a place of a lesson."""

    id: str
    chapter_id: str
    lesson: str
    place: float
    text: str
    at: datetime


class Progress:
    """The learner's progress. A context manager; see the module's text."""

    def __init__(self, file: Path) -> None:
        self.store = Store(file)

    @classmethod
    def open(cls, file: Path | None = None) -> Progress:
        """Opens the learner's file, or ``file``. The first write creates it."""
        return cls(file or paths.progress_file())

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Saves what was not saved yet; what can not be goes to a file that can be imported."""
        if not self.store.save():
            self._rescue()
        self.store.close()

    def take_notices(self) -> list[str]:
        """Lines about the file that the learner should see; each is given once."""
        notices, self.store.notices[:] = self.store.notices[:], []
        return notices

    # -- lessons ------------------------------------------------------------

    def read_lesson(self, chapter_id: str, slug: str, *, known: bool = False) -> None:
        """Marks a lesson as read; ``known``: as known already, without reading."""
        how = "known" if known else "read"
        self._write(_put("lessons", f"{chapter_id}/{slug}", how, _now()))

    def lessons(self, chapter_id: str) -> dict[str, Literal["read", "known"]]:
        """The slugs of the lessons that are read or known."""
        rows = self.store.read(
            # "known" comes first, so that "read" stays where both are there
            f"SELECT lesson, how FROM lessons WHERE {_within('lesson')} ORDER BY how",
            _bounds(chapter_id),
        )
        return {lesson.partition("/")[2]: how for lesson, how in rows}

    def set_position(self, chapter_id: str, slug: str, place: float = 0.0) -> None:
        """Remembers where to continue: ``place`` is a share of the lesson, from 0 to 1."""
        self._write(_put("positions", chapter_id, _now(), slug, _share(place)))

    def position(self, chapter_id: str) -> Position | None:
        """Where the learner was in this chapter."""
        return self._position("WHERE chapter = ?", (chapter_id,))

    def last(self) -> Position | None:
        """Where the learner was last: where to continue."""
        return self._position("ORDER BY at DESC LIMIT 1", ())

    def _position(self, where: str, values: tuple[str, ...]) -> Position | None:
        rows = self.store.read(f"SELECT chapter, lesson, place, at FROM positions {where}", values)
        for chapter, lesson, place, at in rows:
            return Position(chapter, lesson, place, parse_time(at))
        return None

    def add_note(self, chapter_id: str, slug: str, place: float, text: str = "") -> Note:
        """Keeps a bookmark, or with ``text`` a note."""
        at, text = _now(), _storable(text)
        note = Note(_new_id(), chapter_id, slug, _share(place), text, parse_time(at))
        self._write(_put("notes", note.id, at, f"{chapter_id}/{slug}", note.place, text, 0))
        return note

    def remove_note(self, note: Note) -> None:
        """Removes a bookmark or a note, here and wherever this progress is merged."""
        self._write(
            _put("notes", note.id, _now(), f"{note.chapter_id}/{note.lesson}", note.place, "", 1)
        )

    def notes(self, chapter_id: str = "") -> list[Note]:
        """The bookmarks and notes of a chapter, or of all, in the order of lessons and places."""
        where = f"{_within('lesson')} AND NOT gone" if chapter_id else "NOT gone"
        rows = self.store.read(
            "SELECT id, lesson, place, text, at FROM notes "
            f"WHERE {where} ORDER BY lesson, place, id",
            _bounds(chapter_id) if chapter_id else (),
        )
        found = []
        for id_, lesson, place, text, at in rows:
            chapter, _, slug = lesson.partition("/")
            found.append(Note(id_, chapter, slug, place, text, parse_time(at)))
        return found

    # -- questions and exercises ------------------------------------------------------------

    def answer(
        self, question_id: str, *, right: bool, given: str = "", helped: bool = False
    ) -> None:
        """Adds an answer. ``helped``: right, but after a hint or a wrong try.

        When this returns, the answer is on disk, or a notice says that it is not.
        """
        given = _storable(given[:10_000])
        self._write(
            _put(
                "answers", _new_id(), _now(), question_id, int(right), int(helped), given[:10_000]
            ),
            ("DELETE FROM cards WHERE question = ?", (question_id,)),
        )

    def questions(self, chapter_id: str) -> dict[str, Standing]:
        """What became of each question that was answered, by full id."""
        rows = self.store.read(
            "SELECT question, at, right FROM answers "
            f"WHERE {_within('question')} ORDER BY question, at, id",
            _bounds(chapter_id),
        )
        found: dict[str, Standing] = {}
        for question, at, right in rows:
            before = found.get(question)
            found[question] = Standing(
                answers=before.answers + 1 if before else 1,
                right=bool(right) or (before is not None and before.right),
                last_right=bool(right),
                last=parse_time(at),
            )
        return found

    def exercise_result(self, exercise_id: str, *, passed: bool) -> None:
        """Adds the result of a check of an exercise."""
        self._write(_put("exercises", _new_id(), _now(), exercise_id, int(passed)))

    def exercises(self, chapter_id: str) -> dict[str, bool]:
        """By full id of each exercise that was checked: whether it ever passed."""
        rows = self.store.read(
            "SELECT exercise, max(passed) FROM exercises "
            f"WHERE {_within('exercise')} GROUP BY exercise",
            _bounds(chapter_id),
        )
        return {exercise: bool(passed) for exercise, passed in rows}

    def counts(self, chapter_id: str) -> Counts:
        """How far the learner is in a chapter."""
        parts = (
            ("lesson", "lessons", ""),
            ("question", "answers", " AND right"),
            ("question", "answers", ""),
            ("exercise", "exercises", " AND passed"),
        )
        counts = ", ".join(
            f"(SELECT count(DISTINCT {column}) FROM {table} WHERE {_within(column)}{only})"
            for column, table, only in parts
        )
        return Counts(*self.store.read(f"SELECT {counts}", _bounds(chapter_id) * len(parts))[0])

    # -- review ------------------------------------------------------------

    def due(self, now: datetime | None = None) -> list[str]:
        """The ids of the questions that are due for review, longest overdue first.

        They may include questions that no installed chapter has; see ``review.due``.
        """
        from dltutor.learning import review

        review.schedule(self.store)
        rows = self.store.read(
            "SELECT question FROM cards WHERE due <= ? ORDER BY due, question",
            (_stamp(now or datetime.now(UTC)),),
        )
        return [question for (question,) in rows]

    def due_times(self) -> dict[str, datetime]:
        """When each answered question comes back, soonest first."""
        from dltutor.learning import review

        review.schedule(self.store)
        rows = self.store.read("SELECT question, due FROM cards ORDER BY due, question")
        return {question: parse_time(due) for question, due in rows}

    # -- runs and days ------------------------------------------------------------

    def add_run(self, chapter_id: str, run_id: str) -> None:
        """Remembers that a run of this chapter was begun."""
        self._write(_put("runs", run_id, _now(), chapter_id))

    def runs(self, chapter_id: str) -> list[str]:
        """The ids of the runs of a chapter, oldest first. Their folders may be gone."""
        rows = self.store.read(
            "SELECT run FROM runs WHERE chapter = ? ORDER BY at, run", (chapter_id,)
        )
        return [run for (run,) in rows]

    def days(self) -> list[date]:
        """The days, by the learner's clock, on which something was done."""
        rows = self.store.read("SELECT day FROM days ORDER BY day")
        return [parse_time(day).date() for (day,) in rows]

    def streak(self, today: date | None = None) -> int:
        """How many days in a row up to today, or up to yesterday when today is still to come."""
        done = set(self.days())
        day = today or datetime.now().date()
        if day not in done:
            day -= timedelta(days=1)
        length = 0
        while day in done:
            length, day = length + 1, day - timedelta(days=1)
        return length

    def chapter_ids(self) -> list[str]:
        """The chapters in which something was done, installed or not."""
        rows = self.store.read(
            "SELECT lesson FROM lessons UNION SELECT question FROM answers "
            "UNION SELECT exercise FROM exercises "
            "UNION SELECT chapter FROM positions UNION SELECT chapter FROM runs "
            "UNION SELECT lesson FROM notes WHERE NOT gone"
        )
        return sorted({name.partition("/")[0] for (name,) in rows})

    # -- as a whole ------------------------------------------------------------

    def export(self) -> dict[str, Any]:
        """Everything, as an object for JSON that ``merge`` of another machine reads."""
        from dltutor.learning import exchange

        return exchange.dump(self.store.read)

    def merge(self, data: Any, source: str = "the import") -> int:
        """Merges an export; returns how many entries were new or newer, or raises TutorError."""
        from dltutor.learning import exchange

        rows = exchange.check(data, source)
        before = self._rows()
        statements: list[Statement] = [
            (exchange.put(table), row) for table, found in rows.items() for row in found
        ]
        # the schedule is worked out again from all answers
        self._write_now(*statements, ("DELETE FROM cards", ()))
        return len(self._rows() - before)

    def _rows(self) -> set[tuple[Any, ...]]:
        from dltutor.learning import exchange

        return {
            (table, *row)
            for table in exchange.TABLES
            for row in self.store.read(exchange.select(table))
        }

    def reset(self, chapter_id: str = "") -> None:
        """Forgets a chapter, or everything."""
        tables = ("answers", "question"), ("cards", "question"), ("exercises", "exercise")
        statements: list[Statement]
        if chapter_id:
            bounds = _bounds(chapter_id)
            statements = [
                (f"DELETE FROM {table} WHERE {_within(column)}", bounds)
                for table, column in (*tables, ("lessons", "lesson"), ("notes", "lesson"))
            ]
            statements += [
                (f"DELETE FROM {table} WHERE chapter = ?", (chapter_id,))
                for table in ("positions", "runs")
            ]
        else:
            names = (
                "answers",
                "cards",
                "exercises",
                "lessons",
                "notes",
                "positions",
                "runs",
                "days",
            )
            statements = [(f"DELETE FROM {table}", ()) for table in names]
        self._write_now(*statements)
        self.store.back_up()  # so that the last good copy does not bring it back

    def _write(self, *statements: Statement) -> None:
        today = datetime.now().date().isoformat()
        self.store.write(*statements, _put("days", today))

    def _write_now(self, *statements: Statement) -> None:
        """For what one asked for by name: done, or a TutorError; never kept for later."""
        if not self.store.write(*statements):
            del self.store.unsaved[-len(statements) :]
            raise TutorError(" ".join(self.take_notices()) or t("progress can not be saved"))

    def _rescue(self) -> None:
        """Writes all to a file in the system's folder for temporary files."""
        import json
        import tempfile

        from dltutor.learning import exchange

        count = sum(1 for sql, _ in self.store.unsaved if sql.startswith("INSERT INTO answers"))
        try:
            data = exchange.dump(self.store.read)
            with tempfile.NamedTemporaryFile(
                "w", encoding="utf-8", prefix="dltutor-progress-", suffix=".json", delete=False
            ) as file:
                json.dump(data, file, ensure_ascii=False, indent=1)
        except OSError as error:
            self.store.notices.append(
                t(
                    "Answers that could not be saved: {count} ({reason})",
                    count=count,
                    reason=error.strerror or error,
                )
            )
        else:
            self.store.notices.append(
                t(
                    "Answers that could not be saved to {file}: {count}. They are in {rescue}; "
                    "later, run: dltutor progress import {rescue}",
                    count=count,
                    file=self.store.file,
                    rescue=file.name,
                )
            )


def _put(table: str, *row: Any) -> Statement:
    from dltutor.learning import exchange

    return exchange.put(table), row


def _new_id() -> str:
    return os.urandom(16).hex()


def _stamp(moment: datetime) -> str:
    """UTC, always of the same length, so that texts sort as times."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _now() -> str:
    return _stamp(datetime.now(UTC))


def _share(place: float) -> float:
    """``place`` between 0 and 1; what is no number is the beginning."""
    return float(place) if 0 <= place <= 1 else float(place > 1)


def _storable(text: str) -> str:
    """Half of a surrogate pair can be typed, but not stored."""
    return text.encode("utf-8", "replace").decode()


def _within(column: str) -> str:
    """That a full id belongs to a chapter, in a form that uses the index; with ``_bounds``."""
    return f"({column} >= ? AND {column} < ?)"


def _bounds(chapter_id: str) -> tuple[str, str]:
    return f"{chapter_id}/", f"{chapter_id}0"  # "0" follows "/" in ASCII
