"""Progress against killed processes, damaged files, full disks and folders that can not be written."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from dltutor import paths
from dltutor.errors import TutorError
from dltutor.learning import store
from dltutor.learning.progress import Progress

PAGE = 4096


def count(file: Path) -> int:
    with closing(sqlite3.connect(file)) as db:
        found: int = db.execute("SELECT count(*) FROM answers").fetchone()[0]
        return found


def record(file: Path, answers: int) -> None:
    with Progress.open(file) as progress:
        for i in range(answers):
            progress.answer(f"chapter3/q{i % 40}", right=True, given=f"answer {i}")


@pytest.fixture
def file() -> Path:
    return paths.progress_file()


@pytest.fixture(autouse=True)
def _unchecked() -> None:
    """Each test is a new process, which checks the file when it opens it."""
    store._checked.clear()


# -- killed ----------------------------------------------------------------

WRITER = """
from dltutor.learning.progress import Progress
with Progress.open() as progress:
    for i in range(200):
        progress.answer(f"chapter3/q{i}", right=True, given=str(i))
        print(i, flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
@pytest.mark.parametrize("after", [0, 3, 57, 120, 198])
def test_a_killed_process_loses_at_most_the_answer_in_flight(after: int, file: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER], stdout=subprocess.PIPE, encoding="utf-8"
    )
    assert process.stdout is not None
    shown = -1
    while shown < after:
        shown = int(process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    rest = process.stdout.read().split()
    process.wait()
    if rest:
        shown = int(rest[-1])  # what was told before the signal arrived
    with Progress.open() as progress:
        kept = {int(given) for (given,) in progress.store.read("SELECT given FROM answers")}
        assert kept >= set(range(shown + 1))
        assert len(kept) <= shown + 2
        assert progress.take_notices() == []
        progress.answer("chapter3/after", right=True)
    assert count(file) == len(kept) + 1


# -- damaged ---------------------------------------------------------------


def damage(data: bytes, how: str) -> bytes:
    rng = random.Random(how)
    return {
        "empty": b"",
        "cut in the header": data[:100],
        "cut in half": data[: len(data) // 2],
        "last page lost": data[:-PAGE],
        "another file": b"# not a database\n" * 500,
        "random bytes": rng.randbytes(len(data)),
        "header overwritten": bytes(512) + data[512:],
        "schema overwritten": data[:100] + rng.randbytes(PAGE - 100) + data[PAGE:],
        "a page zeroed": data[: 5 * PAGE] + bytes(PAGE) + data[6 * PAGE :],
    }[how]


HOW = ["empty", "cut in the header", "cut in half", "last page lost", "another file", "random bytes",
       "header overwritten", "schema overwritten"]  # fmt: skip


@pytest.mark.parametrize("how", HOW)
def test_a_damaged_file_is_set_aside_and_the_last_good_copy_is_used(how: str, file: Path) -> None:
    record(file, 60)
    damaged = damage(file.read_bytes(), how)
    file.write_bytes(damaged)
    with Progress.open() as progress:
        assert progress.counts("chapter3").questions_right == 40
        progress.answer("chapter3/new", right=True)
        (notice,) = progress.take_notices()
    assert count(file) == 61
    (aside,) = file.parent.glob("progress.sqlite3.damaged-*")
    assert aside.read_bytes() == damaged
    assert aside.name in notice
    assert datetime.now().strftime("%Y-%m-%d") in notice
    with Progress.open() as progress:
        assert progress.take_notices() == []  # told once
        assert progress.counts("chapter3").questions_right == 41


@pytest.mark.parametrize("how", [*HOW[1:], "a page zeroed"])
def test_without_a_copy_what_can_be_read_is_kept(how: str, file: Path) -> None:
    record(file, 300)
    (file.parent / "progress.backup.sqlite3").unlink()
    file.write_bytes(damage(file.read_bytes(), how))
    with Progress.open() as progress:
        progress.answer("chapter3/new", right=True)
        progress.take_notices()
        kept = progress.store.read("SELECT count(*) FROM answers")[0][0]
    assert kept == count(file) >= (1 if how in HOW[1:2] + HOW[4:] else 20)
    with Progress.open() as progress:
        assert progress.take_notices() == []


@pytest.mark.parametrize("seed", range(60))
def test_no_flipped_byte_breaks_anything_and_new_answers_are_kept(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        monkeypatch.setenv("DLTUTOR_HOME", folder)
        file = paths.progress_file()
        record(file, 60)
        rng = random.Random(seed)
        data = bytearray(file.read_bytes())
        for _ in range(rng.choice([1, 3, 20, 200])):
            # the first ones meet the header and the schema
            data[rng.randrange(200 if seed < 20 else len(data))] = rng.randrange(256)
        file.write_bytes(data)
        if seed % 2:
            (file.parent / "progress.backup.sqlite3").unlink()
        with Progress.open() as progress:
            progress.questions("chapter3")
            progress.due_times()
            progress.streak()
            json.dumps(progress.export())
            progress.answer("chapter3/new", right=True)
        store._checked.clear()
        with Progress.open() as progress:
            assert "chapter3/new" in progress.questions("chapter3")


def test_answers_newer_than_the_copy_are_read_out_of_the_damaged_file(file: Path) -> None:
    record(file, 100)
    with Progress.open() as progress:  # the copy of today is not made again
        for i in range(50):
            progress.answer(f"chapter3/later{i}", right=True, given="later")
    assert count(file.parent / "progress.backup.sqlite3") == 100
    data = bytearray(file.read_bytes())
    with closing(sqlite3.connect(file)) as db:
        (page,) = db.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'answers_by_question'"
        ).fetchone()
    data[(page - 1) * PAGE : page * PAGE] = bytes(PAGE)
    file.write_bytes(data)
    with Progress.open() as progress:
        assert progress.counts("chapter3").questions_right == 90
        assert "50" in progress.take_notices()[0]


def test_damage_while_it_is_open_is_mended_too(file: Path) -> None:
    record(file, 120)
    progress = Progress.open()
    assert progress.counts("chapter3").questions_right == 40
    with file.open("r+b") as handle:
        handle.seek(PAGE)
        handle.write(os.urandom(file.stat().st_size - PAGE))
    with progress:
        for i in range(3):
            progress.answer(f"chapter3/new{i}", right=True)
        assert progress.counts("chapter3").questions_right == 43
    assert count(file) == 123
    assert list(file.parent.glob("progress.sqlite3.damaged-*"))


def test_a_lost_file_is_replaced_by_the_copy(file: Path) -> None:
    record(file, 5)
    file.unlink()
    with Progress.open() as progress:
        assert progress.counts("chapter3").questions_right == 5
        assert len(progress.take_notices()) == 1


def test_a_damaged_copy_does_not_take_the_place_of_anything(file: Path) -> None:
    record(file, 5)
    (file.parent / "progress.backup.sqlite3").write_bytes(b"x" * 9000)
    file.write_bytes(b"y" * 9000)
    with Progress.open() as progress:
        assert "no copy" in progress.take_notices()[0]
        progress.answer("chapter3/a", right=True)
    assert count(file) == 1


def test_a_copy_is_never_made_of_a_damaged_file(file: Path) -> None:
    record(file, 30)
    copy = file.parent / "progress.backup.sqlite3"
    good = copy.read_bytes()
    os.utime(copy, (0, 0))
    progress = Progress.open()
    progress.counts("chapter3")
    with file.open("r+b") as handle:
        handle.seek(3 * PAGE)
        handle.write(os.urandom(file.stat().st_size - 3 * PAGE))
    progress.close()
    assert copy.read_bytes() == good


def test_the_file_of_a_newer_version_is_left_alone(file: Path) -> None:
    record(file, 3)
    with closing(sqlite3.connect(file)) as db:
        db.execute("PRAGMA user_version = 99")
    before = file.read_bytes()
    with Progress.open() as progress:
        progress.answer("chapter3/a", right=True)
        assert "newer dltutor" in progress.take_notices()[0]
        assert progress.counts("chapter3").questions_right >= 1
    assert "dltutor progress import" in progress.take_notices()[0]
    assert file.read_bytes() == before


# -- not to be written --------------------------------------------------------


def rescued(notice: str) -> dict[str, Any]:
    name = notice.rpartition("dltutor progress import ")[2]
    data: dict[str, Any] = json.loads(Path(name).read_text(encoding="utf-8"))
    Path(name).unlink()
    return data


def test_where_no_folder_can_be_made_the_answers_are_kept_in_memory(file: Path) -> None:
    file.parent.parent.mkdir(parents=True)
    file.parent.write_text("a file where the folder should be")
    with Progress.open() as progress:
        assert progress.counts("chapter3").questions_right == 0
        progress.answer("chapter3/a", right=True)
        progress.answer("chapter3/b", right=False)
        (notice,) = progress.take_notices()
        assert str(file) in notice
        assert progress.counts("chapter3").questions_answered == 2
        file.parent.unlink()
        progress.answer("chapter3/c", right=True)
        assert "again" in progress.take_notices()[0]
    assert count(file) == 3


def test_what_could_not_be_saved_at_all_can_be_imported_later(file: Path) -> None:
    file.parent.parent.mkdir(parents=True)
    file.parent.write_text("a file where the folder should be")
    with Progress.open() as progress:
        progress.answer("chapter3/a", right=True, given="b")
    data = rescued(progress.take_notices()[-1])
    file.parent.unlink()
    with Progress.open() as progress:
        assert progress.merge(data) == 2  # the answer and the day
        assert progress.counts("chapter3").questions_right == 1


def test_a_file_that_another_program_locks_is_tried_again(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "BUSY_SECONDS", 0.1)
    record(file, 2)
    with Progress.open() as progress, closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        progress.answer("chapter3/locked", right=True)
        assert "locked" in progress.take_notices()[0]
        assert progress.counts("chapter3").questions_right == 3
        progress.answer("chapter3/locked2", right=True)
        assert progress.take_notices() == []  # not once an answer
        other.execute("ROLLBACK")
        progress.answer("chapter3/free", right=True)
        assert len(progress.take_notices()) == 1
    assert count(file) == 5


def test_import_and_reset_say_that_they_failed_and_keep_nothing_for_later(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "BUSY_SECONDS", 0.1)
    record(file, 2)
    with Progress.open() as progress, closing(sqlite3.connect(file, isolation_level=None)) as other:
        data = progress.export()
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(TutorError, match="locked"):
            progress.reset()
        with pytest.raises(TutorError):
            progress.merge(data)
        other.execute("ROLLBACK")
    assert progress.take_notices() == []
    assert count(file) == 2


FULL = """
import resource, sys
from dltutor import paths
from dltutor.learning.progress import Progress
with Progress.open() as progress:
    for i in range(20):
        progress.answer(f"chapter3/q{i}", right=True)
    # no file may grow beyond this: to SQLite the disk is full
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), most))
    for i in range(400):
        progress.answer(f"chapter3/full{i}", right=True, given="x" * 200)
    print(len(progress.take_notices()), progress.counts("chapter3").questions_right)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    progress.answer("chapter3/free", right=True)
    print(len(progress.take_notices()), progress.counts("chapter3").questions_right)
"""


@pytest.mark.skipif(os.name == "nt", reason="no resource limits")
@pytest.mark.parametrize("limit", [0, 40_000, 100_000])
def test_a_full_disk_loses_no_answer(limit: int, file: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-B", "-c", FULL, str(limit)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.stderr == ""
    full, free = (list(map(int, line.split())) for line in done.stdout.splitlines())
    # on the brink it goes either way several times; each of the two things is told once
    assert full[0] + free[0] == 2
    assert full[1] == 420
    assert free[1] == 421
    assert count(file) == 421


READ_ONLY = """
import json, os, platform, sqlite3, tempfile
from dltutor.learning import exchange, review
from dltutor.learning.progress import Progress
if os.geteuid() == 0:  # the superuser may write anywhere; all is imported, so become nobody
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
with Progress.open() as progress:
    print(progress.counts("chapter3").questions_right)
    progress.answer("chapter3/new", right=True)
    print(progress.counts("chapter3").questions_right)
    print(len(progress.take_notices()))
for notice in progress.take_notices():
    print(notice)
"""


@pytest.mark.skipif(os.name == "nt", reason="no Unix permissions")
def test_a_folder_that_can_only_be_read_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # pytest's own folders are closed to other users
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        home = Path(folder)
        monkeypatch.setenv("DLTUTOR_HOME", folder)
        record(paths.progress_file(), 4)
        home.chmod(0o755)
        for path in (home / "data", *(home / "data").iterdir()):
            path.chmod(0o555 if path.is_dir() else 0o444)
        done = subprocess.run(
            [sys.executable, "-c", READ_ONLY], capture_output=True, encoding="utf-8", check=False
        )
        (home / "data").chmod(0o755)
        assert done.stderr == ""
        before, after, notices, last = done.stdout.splitlines()
        assert (before, after, notices) == ("4", "5", "1")
        assert {a["question"] for a in rescued(last)["answers"]} >= {"chapter3/new", "chapter3/q3"}
        assert count(paths.progress_file()) == 4
