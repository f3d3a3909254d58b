"""The record of what the learner has done."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dltutor import paths
from dltutor.errors import TutorError
from dltutor.learning import database
from dltutor.learning.exchange import FORMAT, TABLES, VERSION
from dltutor.learning.progress import Counts, Progress


def rows(file: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(file)) as db:
        return db.execute(sql).fetchall()


def test_opening_and_looking_makes_no_file() -> None:
    with Progress.open() as progress:
        assert progress.counts("chapter3") == Counts()
        assert progress.last() is None
        assert progress.due() == []
        assert progress.streak() == 0
        assert progress.chapter_ids() == []
    assert not paths.progress_file().parent.exists()


def test_what_is_recorded_is_there_for_the_next_process() -> None:
    with Progress.open() as progress:
        progress.read_lesson("chapter3", "pictures")
        progress.read_lesson("chapter3", "loss", known=True)
        progress.read_lesson("chapter30", "pictures")
        progress.answer("chapter3/a", right=False, given="5")
        progress.answer("chapter3/a", right=True, given="6", helped=True)
        progress.answer("chapter3/b", right=False)
        progress.answer("chapter30/a", right=True)
        progress.exercise_result("chapter3/mlp", passed=True)
        progress.exercise_result("chapter3/loop", passed=False)
        assert progress.take_notices() == []
    with Progress.open() as progress:
        assert progress.counts("chapter3") == Counts(2, 1, 2, 1)
        assert progress.counts("chapter30") == Counts(1, 1, 1, 0)
        assert progress.counts("chapter") == Counts()
        assert progress.lessons("chapter3") == {"pictures": "read", "loss": "known"}
        standing = progress.questions("chapter3")["chapter3/a"]
        assert (standing.answers, standing.right, standing.last_right) == (2, True, True)
        assert abs(datetime.now(UTC) - standing.last) < timedelta(minutes=5)
        assert progress.exercises("chapter3") == {"chapter3/mlp": True, "chapter3/loop": False}
        assert progress.chapter_ids() == ["chapter3", "chapter30"]


def test_each_answer_is_on_disk_when_answer_returns() -> None:
    with Progress.open() as progress:
        for count in range(1, 4):
            progress.answer("chapter3/a", right=True, given="交叉熵")
            assert rows(paths.progress_file(), "SELECT count(*) FROM answers") == [(count,)]
        assert rows(paths.progress_file(), "SELECT DISTINCT given FROM answers") == [("交叉熵",)]


def test_right_once_stays_right() -> None:
    with Progress.open() as progress:
        progress.answer("chapter3/a", right=True)
        progress.answer("chapter3/a", right=False)
        assert progress.counts("chapter3").questions_right == 1
        assert progress.questions("chapter3")["chapter3/a"].last_right is False


@pytest.mark.parametrize(
    "given", ["", "x" * 50_000, "\ud83d", "\0\x1b[2J", "'; DROP TABLE answers; --", "{file}"]
)
def test_any_answer_can_be_kept(given: str) -> None:
    with Progress.open() as progress:
        progress.answer("chapter3/a", right=False, given=given)
        assert progress.take_notices() == []
        exported = json.loads(json.dumps(progress.export()))
        assert len(exported["answers"][0]["given"]) <= 10_000
    with Progress.open(paths.progress_file().with_name("other.sqlite3")) as other:
        assert other.merge(exported) > 0


def test_where_to_continue() -> None:
    with Progress.open() as progress:
        progress.set_position("chapter3", "loss", 0.25)
        progress.set_position("chapter4", "descent", 7)
        progress.set_position("chapter3", "loop", 0.5)
        last = progress.last()
        assert last is not None
        assert (last.chapter_id, last.lesson, last.place) == ("chapter3", "loop", 0.5)
        other = progress.position("chapter4")
        assert other is not None
        assert (other.lesson, other.place) == ("descent", 1.0)
        assert progress.position("chapter5") is None


def test_notes_and_bookmarks() -> None:
    with Progress.open() as progress:
        note = progress.add_note("chapter3", "loss", 0.5, "why not softmax?")
        mark = progress.add_note("chapter3", "loop", 0.1)
        progress.add_note("chapter4", "loss", 0.1)
        assert progress.notes("chapter3") == [mark, note]
        progress.remove_note(note)
        assert progress.notes("chapter3") == [mark]
        assert [n.chapter_id for n in progress.notes()] == ["chapter3", "chapter4"]


def test_a_place_that_is_none_is_the_beginning() -> None:
    with Progress.open() as progress:
        for place, kept in ((float("nan"), 0.0), (-1, 0.0), (float("inf"), 1.0)):
            progress.set_position("chapter3", "loss", place)
            position = progress.position("chapter3")
            assert position is not None
            assert position.place == kept
        assert progress.take_notices() == []


def test_a_call_that_is_wrong_does_not_stand_in_the_way_of_the_next() -> None:
    with Progress.open() as progress:
        with pytest.raises(UnicodeEncodeError):
            progress.add_run("chapter3", "\ud83d")
        with pytest.raises(sqlite3.IntegrityError):
            progress.store.write(
                ("INSERT INTO days VALUES (NULL)", ()),
                ("INSERT INTO runs VALUES ('r', NULL, NULL)", ()),
            )
        progress.answer("chapter3/a", right=True)
        assert progress.counts("chapter3").questions_right == 1
        assert progress.take_notices() == []
    assert rows(paths.progress_file(), "SELECT count(*) FROM answers") == [(1,)]


def test_runs_by_chapter() -> None:
    with Progress.open() as progress:
        for run in ("3-1", "3-2", "3-1"):
            progress.add_run("chapter3", run)
        assert sorted(progress.runs("chapter3")) == ["3-1", "3-2"]
        assert progress.runs("chapter4") == []


def test_days_in_a_row_end_yesterday_at_the_earliest() -> None:
    with Progress.open() as progress:
        progress.answer("chapter3/a", right=True)
        data = progress.export()
        data["days"] = [{"day": f"2026-03-{day:02}"} for day in (1, 2, 4, 5, 6)]
        data["answers"] = []
    with Progress.open(paths.progress_file().with_name("days.sqlite3")) as progress:
        progress.merge(data)
        assert progress.days()[0] == date(2026, 3, 1)
        assert progress.streak(date(2026, 3, 6)) == 3
        assert progress.streak(date(2026, 3, 7)) == 3
        assert progress.streak(date(2026, 3, 8)) == 0
        assert progress.streak(date(2026, 3, 2)) == 2


def test_forgetting_a_chapter_leaves_the_others() -> None:
    with Progress.open() as progress:
        for chapter in ("chapter1", "chapter10"):
            progress.answer(f"{chapter}/a", right=True)
            progress.read_lesson(chapter, "x", known=True)
            progress.exercise_result(f"{chapter}/e", passed=True)
            progress.set_position(chapter, "x")
            progress.add_run(chapter, chapter)
            progress.add_note(chapter, "x", 0.5)
        progress.reset("chapter1")
        assert progress.counts("chapter1") == Counts()
        assert progress.chapter_ids() == ["chapter10"]
        assert progress.counts("chapter10") == Counts(1, 1, 1, 1)
        progress.reset()
        assert progress.chapter_ids() == []
        assert progress.days() == []


def test_what_was_forgotten_does_not_come_back_from_the_copy() -> None:
    with Progress.open() as progress:
        progress.answer("chapter3/a", right=True)
    with Progress.open() as progress:
        progress.reset()
    paths.progress_file().unlink()
    with Progress.open() as progress:
        assert progress.counts("chapter3") == Counts()


# -- versions of the file ------------------------------------------------------

VERSION_1 = """
CREATE TABLE answers (id TEXT PRIMARY KEY, at TEXT NOT NULL, question TEXT NOT NULL,
  right INTEGER NOT NULL, helped INTEGER NOT NULL, given TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX answers_by_question ON answers (question, at, id, right, helped);
CREATE TABLE exercises (id TEXT PRIMARY KEY, at TEXT NOT NULL, exercise TEXT NOT NULL,
  passed INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX exercises_by_exercise ON exercises (exercise, at, passed);
CREATE TABLE lessons (lesson TEXT, how TEXT, at TEXT NOT NULL, PRIMARY KEY (lesson, how)) WITHOUT ROWID;
CREATE TABLE positions (chapter TEXT PRIMARY KEY, at TEXT NOT NULL, lesson TEXT NOT NULL,
  place REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE runs (run TEXT PRIMARY KEY, at TEXT NOT NULL, chapter TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE days (day TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE cards (question TEXT PRIMARY KEY, due TEXT NOT NULL, card TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX cards_by_due ON cards (due);
INSERT INTO answers VALUES ('0001', '2026-01-05T10:00:00.000000Z', 'chapter3/a', 1, 0, 'b');
INSERT INTO answers VALUES ('0002', '2026-01-05T10:01:00.000000Z', 'chapter3/b', 0, 0, 'c');
INSERT INTO lessons VALUES ('chapter3/pictures', 'read', '2026-01-05T09:00:00.000000Z');
INSERT INTO positions VALUES ('chapter3', '2026-01-05T09:30:00.000000Z', 'network', 0.4);
INSERT INTO days VALUES ('2026-01-05');
PRAGMA user_version = 1;
"""


def test_a_file_of_version_1_is_upgraded_and_keeps_everything() -> None:
    file = paths.progress_file()
    file.parent.mkdir(parents=True)
    with closing(sqlite3.connect(file)) as db:
        db.executescript(VERSION_1)
    with Progress.open() as progress:
        assert progress.counts("chapter3") == Counts(1, 1, 2, 0)
        position = progress.position("chapter3")
        assert position is not None
        assert position.lesson == "network"
        assert set(progress.due(datetime(2026, 6, 1, tzinfo=UTC))) == {"chapter3/a", "chapter3/b"}
        progress.add_note("chapter3", "loss", 0.5, "new in version 2")
        assert progress.take_notices() == []
    assert rows(file, "PRAGMA user_version") == [(len(database.MIGRATIONS),)]
    assert rows(file, "SELECT text FROM notes") == [("new in version 2",)]


def test_version_1_is_what_the_first_migration_makes() -> None:
    with closing(sqlite3.connect(":memory:")) as hand, closing(sqlite3.connect(":memory:")) as made:
        hand.executescript(VERSION_1)
        for statement in database.MIGRATIONS[0]:
            made.execute(statement)
        for table in hand.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            columns = f"PRAGMA table_info({table[0]})"
            assert hand.execute(columns).fetchall() == made.execute(columns).fetchall()


def test_every_table_that_is_exported_has_the_columns_that_the_file_has() -> None:
    with Progress.open() as progress:
        progress.answer("chapter3/a", right=True)
        for table, (keys, columns) in TABLES.items():
            found = progress.store.read(f"PRAGMA table_info({table})")
            assert {row[1] for row in found} == set(columns)
            assert {row[1] for row in found if row[5]} == set(list(columns)[:keys])


# -- export and merging --------------------------------------------------------

TIMES = st.datetimes(datetime(2026, 1, 1), datetime(2026, 1, 3)).map(
    lambda moment: moment.isoformat(timespec="microseconds") + "Z"
)
NAMES = st.sampled_from(["a", "b", "c", "第一"])
PATHS = st.sampled_from(["chapter3/a", "chapter3/b", "chapter4/a"])
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "id": NAMES,
    "at": TIMES,
    "question": PATHS,
    "exercise": PATHS,
    "lesson": PATHS,
    "chapter": NAMES,
    "run": NAMES,
    "right": st.booleans(),
    "helped": st.booleans(),
    "passed": st.booleans(),
    "gone": st.booleans(),
    "given": st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
    "text": st.text("xyz", max_size=3),
    "how": st.sampled_from(["read", "known"]),
    "place": st.floats(0, 1),
    "day": st.dates().map(date.isoformat),
}


@st.composite
def exports(draw: st.DrawFn) -> dict[str, Any]:
    """Exports over few ids, so that they meet."""
    data: dict[str, Any] = {"format": FORMAT, "version": VERSION}
    for table, (keys, columns) in TABLES.items():
        entries = draw(st.lists(st.fixed_dictionaries({n: VALUES[n] for n in columns}), max_size=4))
        names = list(columns)[:keys]
        data[table] = list({tuple(e[n] for n in names): e for e in entries}.values())
    return data


def merged(*data: dict[str, Any]) -> dict[str, Any]:
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None  # these are hundreds of files
    with (
        tempfile.TemporaryDirectory(dir=memory) as folder,
        Progress.open(Path(folder) / "progress.sqlite3") as progress,
    ):
        for one in data:
            progress.merge(json.loads(json.dumps(one)))
        assert progress.take_notices() == []
        found = progress.export()
    return {key: value for key, value in found.items() if key != "exported"}


@given(exports(), exports(), exports())
@settings(max_examples=25, deadline=None)
def test_merging_is_idempotent_commutative_and_associative(
    a: dict[str, Any], b: dict[str, Any], c: dict[str, Any]
) -> None:
    both = merged(a, b)
    assert both == merged(b, a)
    assert both == merged(a, b, a, b)
    assert merged(both, c) == merged(a, merged(b, c))
    for table in TABLES:
        first = next(iter(TABLES[table][1]))
        assert {e[first] for e in both[table]} == {e[first] for e in a[table] + b[table]}


@given(exports())
@settings(max_examples=25, deadline=None)
def test_an_export_comes_back_as_it_went(data: dict[str, Any]) -> None:
    once = merged(data)
    assert merged(once) == once


def test_two_machines_agree_after_exchanging_their_progress(tmp_path: Path) -> None:
    with (
        Progress.open(tmp_path / "one.sqlite3") as one,
        Progress.open(tmp_path / "two.sqlite3") as two,
    ):
        one.answer("chapter3/a", right=True)
        two.answer("chapter3/a", right=False)
        two.answer("chapter3/b", right=True)
        one.due()
        two.due()
        assert one.merge(two.export()) == 2
        assert two.merge(one.export()) == 1
        assert one.merge(two.export()) == 0
        assert one.due_times() == two.due_times()
        assert one.counts("chapter3") == two.counts("chapter3") == Counts(0, 2, 2, 0)


GOOD = {"format": FORMAT, "version": VERSION}
ANSWER = {
    "id": "1",
    "at": "2026-01-05T10:00:00.000000Z",
    "question": "chapter3/a",
    "right": True,
    "helped": False,
    "given": "b",
}


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (None, "not an export"),
        ([], "not an export"),
        ({"format": "other"}, "not an export"),
        ({"format": FORMAT}, "version None"),
        ({"format": FORMAT, "version": 99}, "version 99"),
        ({**GOOD, "answer": []}, "unknown key 'answer'"),
        ({**GOOD, "answers": {}}, "answers is not a list"),
        ({**GOOD, "answers": [3]}, "answers[0] must have the keys id, at"),
        ({**GOOD, "answers": [{"id": "1"}]}, "answers[0] must have the keys"),
        (
            {**GOOD, "answers": [ANSWER, {**ANSWER, "at": "yesterday"}]},
            "answers[1].at can not be 'yesterday'",
        ),
        ({**GOOD, "answers": [{**ANSWER, "at": "2026-13-05T10:00:00.000000Z"}]}, "answers[0].at"),
        ({**GOOD, "answers": [{**ANSWER, "right": 2}]}, "answers[0].right"),
        ({**GOOD, "answers": [{**ANSWER, "right": "yes"}]}, "answers[0].right"),
        ({**GOOD, "answers": [{**ANSWER, "given": "\ud800"}]}, "answers[0].given"),
        ({**GOOD, "answers": [{**ANSWER, "question": "chapter3"}]}, "answers[0].question"),
        ({**GOOD, "answers": [{**ANSWER, "id": ["1"]}]}, "answers[0].id"),
        (
            {
                **GOOD,
                "positions": [
                    {"chapter": "c", "at": ANSWER["at"], "lesson": "x", "place": float("nan")}
                ],
            },
            "positions[0].place",
        ),
        (
            {
                **GOOD,
                "positions": [{"chapter": "c", "at": ANSWER["at"], "lesson": "x", "place": True}],
            },
            "positions[0].place",
        ),
        ({**GOOD, "days": [{"day": "2026-02-30"}]}, "days[0].day"),
        (
            {**GOOD, "lessons": [{"lesson": "c/x", "how": "heard", "at": ANSWER["at"]}]},
            "lessons[0].how",
        ),
    ],
)
def test_a_wrong_export_is_one_line_and_changes_nothing(data: Any, named: str) -> None:
    with Progress.open() as progress:
        with pytest.raises(TutorError) as caught:
            progress.merge(data, "some.json")
        assert named in str(caught.value)
        assert "some.json" in str(caught.value)
        assert "\n" not in str(caught.value)
        assert progress.chapter_ids() == []


# -- several at once -------------------------------------------------------------

WRITER = """
import sys
from dltutor.learning.progress import Progress
with Progress.open() as progress:
    for i in range(int(sys.argv[2])):
        progress.answer(f"chapter3/q{i % 50}", right=i % 3 > 0, given=f"{sys.argv[1]} {i}")
    print(progress.take_notices())
"""


def write_at_once(processes: int, answers: int) -> None:
    started = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(number), str(answers)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        for number in range(processes)
    ]
    assert [process.communicate()[0].strip() for process in started] == ["[]"] * processes
    expected = {(f"{number} {i}",) for number in range(processes) for i in range(answers)}
    found = rows(paths.progress_file(), "SELECT given FROM answers")
    assert len(found) == len(expected)
    assert set(found) == expected
    assert rows(paths.progress_file(), "PRAGMA integrity_check") == [("ok",)]


def test_answers_from_four_processes_at_once_are_all_kept() -> None:
    write_at_once(4, 60)


@pytest.mark.slow
def test_ten_thousand_answers_from_four_processes_at_once_are_all_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None  # it is about locks, not about disks
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        monkeypatch.setenv("DLTUTOR_HOME", folder)
        write_at_once(4, 2500)


def test_a_file_that_another_process_begins_is_seen() -> None:
    with Progress.open() as early:
        assert early.counts("chapter3") == Counts()
        with Progress.open() as other:
            other.answer("chapter3/a", right=True)
        assert early.counts("chapter3").questions_right == 1


def test_threads_may_share_one_progress() -> None:
    from concurrent.futures import ThreadPoolExecutor

    with Progress.open() as progress, ThreadPoolExecutor(8) as pool:
        for _ in pool.map(lambda i: progress.answer(f"chapter3/{i % 7}", right=True), range(120)):
            pass
        counts = list(pool.map(lambda _: progress.counts("chapter3").questions_answered, range(20)))
        assert counts == [7] * 20
        assert progress.take_notices() == []
    assert rows(paths.progress_file(), "SELECT count(*) FROM answers") == [(120,)]
