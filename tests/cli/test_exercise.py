"""``dltutor exercise`` as a learner uses it: a real process, a real terminal, real files."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import pytest

DATA = Path(__file__).parents[1] / "unit" / "data" / "exercises"


@pytest.fixture(autouse=True)
def content(add_chapter: Callable[..., Path]) -> Path:
    """A chapter ``mine`` with the exercises of the tests."""
    package = add_chapter("mine", chapter="number=40")
    shutil.copytree(DATA, package / "exercises")
    return package / "exercises"


@pytest.fixture
def file(home: Path) -> Path:
    return home / "data" / "exercises" / "mine" / "double.py"


def solve(file: Path) -> None:
    file.write_bytes((DATA / "01-double" / "solution.py").read_bytes())


def test_from_start_to_solved(dltutor: Any, file: Path) -> None:
    listed = json.loads(dltutor("exercise", "list", "mine", "--json").out)
    assert listed["next"] == "mine/double"
    assert [e["state"] for e in listed["exercises"]] == ["new", "new"]

    started = dltutor("exercise", "start", "40", "1")
    assert started.code == 0
    assert "Complete `double(numbers)`" in started.out
    assert str(file) in started.out
    assert file.read_text() == (DATA / "01-double" / "starter.py").read_text()

    failed = dltutor("exercise", "check", "mine", "double")
    assert failed.code == 1
    assert failed.out.startswith("✗ each number is doubled\n")
    assert "dltutor exercise hint mine double" in failed.out
    assert failed.err == ""

    listed = json.loads(dltutor("exercise", "list", "--json").out)
    assert [e["state"] for e in listed["exercises"] if e["chapter"] == "mine"] == ["tried", "new"]

    solve(file)
    passed = dltutor("exercise", "check", "mine/double")
    assert passed.code == 0
    assert "All 3 checks pass." in passed.out
    assert "leaves the input alone" in passed.out
    listed = json.loads(dltutor("exercise", "list", "mine", "--json").out)
    assert listed["next"] == "mine/softmax"
    assert "1 ✓ double" in dltutor("exercise", "list", "mine").out


def test_check_as_json_is_no_failure_when_the_answer_is_wrong(dltutor: Any) -> None:
    dltutor("exercise", "start", "mine", "1")
    done = dltutor("exercise", "check", "mine", "1", "--json")
    assert done.code == 0
    data = json.loads(done.out)
    assert (data["exercise"], data["passed"], data["problem"]) == ("mine/double", False, "")
    assert [case["state"] for case in data["cases"]] == ["failed", "passed", "failed"]
    assert "2 was expected, 1 came" in data["cases"][0]["message"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["check", "mine", "duble"], "did you mean double?"),
        (["check", "mine"], "which exercise of mine?"),
        (["check", "main", "1"], "did you mean mine?"),
        (["check", "mine", "1"], "dltutor exercise start mine double"),
        (["diff", "mine", "1"], "is not started"),
        (["watch", "mine", "1"], "is not started"),
        (["start", "mine", "1", "--merge"], "is not started"),
        (["solution", "mine", "1"], "you have not tried"),
    ],
)
def test_wrong_use_is_told_in_a_line(dltutor: Any, arguments: list[str], words: str) -> None:
    done = dltutor("exercise", *arguments)
    assert done.code == 2
    assert words in done.err
    assert len(done.err.splitlines()) == 1
    assert done.out == ""


def test_content_at_fault_is_named(dltutor: Any, content: Path) -> None:
    (content / "01-double" / "exercise.toml").write_text("id = 1")
    alone = dltutor("exercise", "list", "mine")
    assert alone.code == 1
    assert str(content / "01-double" / "exercise.toml") in alone.err
    # the other chapters are still there
    among = dltutor("exercise", "list", "--json")
    assert among.code == 0
    assert "exercise.toml" in among.err
    assert all(e["chapter"] != "mine" for e in json.loads(among.out)["exercises"])


def test_hints_climb_and_stay(dltutor: Any) -> None:
    assert "no hint yet" in dltutor("exercise", "hint", "mine", "1", "--again").out
    assert dltutor("exercise", "hint", "mine", "1").out.startswith("Hint 1 of 2")
    assert dltutor("exercise", "hint", "mine", "1").out.startswith("Hint 2 of 2")
    last = dltutor("exercise", "hint", "mine", "1").out
    assert last.startswith("These are all the hints.\nHint 1 of 2")
    assert "dltutor exercise solution mine double" in last


def test_the_solution_opens_after_a_try(dltutor: Any, file: Path) -> None:
    dltutor("exercise", "start", "mine", "1")
    assert "+    return [2 * x" in dltutor("exercise", "solution", "mine", "1", "--anyway").out
    dltutor("exercise", "check", "mine", "1")
    shown = dltutor("exercise", "solution", "mine", "1")
    assert shown.code == 0
    assert "--- your code\n+++ the solution" in shown.out
    assert "leaves the input alone" in shown.out
    whole = dltutor("exercise", "solution", "mine", "1", "--whole").out
    assert whole == (DATA / "01-double" / "solution.py").read_text()
    solve(file)
    assert "line for line" in dltutor("exercise", "solution", "mine", "1").out


def test_reset_and_diff(dltutor: Any, file: Path) -> None:
    dltutor("exercise", "start", "mine", "1")
    assert "unchanged" in dltutor("exercise", "diff", "mine", "1").out
    solve(file)
    assert "+    return [2 * x" in dltutor("exercise", "diff", "mine", "1").out
    done = dltutor("exercise", "reset", "mine", "1")
    kept = Path(done.out.splitlines()[0].split(" as ", 1)[1])
    assert "2 * x" in kept.read_text()
    assert "Your part" in file.read_text()


def test_a_changed_starter_is_offered(dltutor: Any, file: Path, content: Path) -> None:
    dltutor("exercise", "start", "mine", "1")
    solve(file)
    starter = content / "01-double" / "starter.py"
    starter.write_text(starter.read_text() + "\n\ndef added():\n    return 1\n")
    assert "--merge" in dltutor("exercise", "start", "mine", "1").out
    assert "--merge" in dltutor("exercise", "check", "mine", "1").out
    assert dltutor("exercise", "start", "mine", "1", "--merge").code == 0
    assert "def added" in file.read_text()
    assert "2 * x" in file.read_text()
    assert "nothing to merge" in dltutor("exercise", "start", "mine", "1", "--merge").out


def test_chinese(dltutor: Any) -> None:
    assert "完成 `double(numbers)`" in dltutor("--lang", "zh", "exercise", "start", "mine", "1").out
    done = dltutor("exercise", "check", "mine", "1", "--lang", "zh")
    assert "✗ 每个数都翻倍" in done.out
    assert "3 个值中有 3 个不同" in done.out


def test_missing_package(dltutor: Any, content: Path) -> None:
    toml = content / "01-double" / "exercise.toml"
    toml.write_text(toml.read_text(encoding="utf-8") + "", encoding="utf-8")
    text = toml.read_text(encoding="utf-8").replace("seconds = 2", 'imports = ["no_such_thing"]')
    toml.write_text(text, encoding="utf-8")
    dltutor("exercise", "start", "mine", "1")
    done = dltutor("exercise", "check", "mine", "1")
    assert done.code == 1
    assert "no_such_thing" in done.err
    assert "pip install" in done.err


def test_the_list_needs_nothing_heavy(dltutor: Any, tmp_path: Path) -> None:
    code = (
        "import sys; sys.argv = ['dltutor', 'exercise', 'list']\n"
        "from dltutor.cli.main import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print(sorted({'torch', 'numpy', 'textual', 'rich', 'asyncio', 'ctypes', 'sqlite3'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


class Watch:
    """A ``watch`` in a process; ``until`` reads its lines as they come."""

    def __init__(self, cwd: Path) -> None:
        self.scratch = cwd / "scratch"
        self.scratch.mkdir()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dltutor", "exercise", "watch", "mine", "1"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=cwd,
            env={**os.environ, "TMPDIR": str(self.scratch)},
            start_new_session=True,
        )
        self.lines: SimpleQueue[str] = SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line)

    def owns(self, process: Path) -> bool:
        """Whether a folder of /proc is of a sandbox that this watch began."""
        try:
            return str(self.scratch).encode() in (process / "environ").read_bytes()
        except OSError:
            return False

    def until(self, words: str, seconds: float = 60) -> list[str]:
        seen: list[str] = []
        while not seen or words not in seen[-1]:
            try:
                seen.append(self.lines.get(timeout=seconds))
            except Empty:
                pytest.fail(f"{words!r} never came after {seen}")
        return seen


@pytest.fixture
def watch(dltutor: Any, tmp_path: Path) -> Iterator[Watch]:
    dltutor("exercise", "start", "mine", "1")
    watching = Watch(tmp_path)
    yield watching
    if watching.process.poll() is None:
        watching.process.kill()
    watching.process.wait()


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_watch_checks_on_save_and_ends_with_130(watch: Watch, file: Path) -> None:
    watch.until("Watching")
    watch.until("1 of 3 checks pass.")
    # an editor that writes beside and renames, as most do
    beside = file.with_name("double.py~")
    solve(beside)
    beside.replace(file)
    watch.until("All 3 checks pass.")
    # the same content again is no reason to check: the next verdict belongs to the next change
    os.utime(file)
    file.write_text("def double(numbers:\n")
    seen = watch.until("SyntaxError")
    assert not any("All 3" in line for line in seen)
    file.unlink()
    solve(beside)
    beside.replace(file)
    watch.until("All 3 checks pass.")
    watch.process.send_signal(signal.SIGINT)
    assert watch.process.wait(30) == 130


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_watch_leaves_nothing_behind(watch: Watch) -> None:
    watch.until("1 of 3 checks pass.")
    watch.process.send_signal(signal.SIGINT)
    assert watch.process.wait(30) == 130
    assert list(watch.scratch.iterdir()) == []
    deadline = time.monotonic() + 30
    while left := [p for p in Path("/proc").glob("[0-9]*") if watch.owns(p)]:
        # a process that waits for its first import sees the end of its input after it
        assert time.monotonic() < deadline, left
        time.sleep(0.05)
