"""``dltutor progress``: show, export, import, reset."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dltutor import paths
from dltutor.learning.progress import Counts, Progress
from dltutor.text import width


@pytest.fixture
def begun(home: Path) -> Path:
    """A learner who has done a little."""
    with Progress.open() as progress:
        progress.read_lesson("chapter3", "pictures")
        progress.set_position("chapter3", "network", 0.3)
        progress.answer("chapter3/idx-offset", right=True, given="2368")
        progress.answer("chapter3/naive-softmax", right=False, given="1")
        progress.exercise_result("chapter3/some", passed=True)
        progress.answer("gone/question", right=True)
    return paths.progress_file()


def counts(chapter: str) -> Counts:
    with Progress.open() as progress:
        return progress.counts(chapter)


def test_nothing_is_recorded_at_first(dltutor: Callable[..., Any]) -> None:
    for arguments in (["progress"], ["progress", "show"]):
        done = dltutor(*arguments)
        assert done.code == 0
        assert "Nothing is recorded yet" in done.out
    assert not paths.progress_file().exists()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_how_far_one_is(dltutor: Callable[..., Any], begun: Path, lang: str) -> None:
    done = dltutor("--lang", lang, "progress", "show")
    assert done.code == 0
    assert done.err == ""
    row = next(line for line in done.out.splitlines() if "MNIST" in line)
    lessons, answers, exercises = row.split()[-3:]
    assert (lessons[:2], answers[:2], exercises[:2]) == ("1/", "1/", "1/")
    assert "gone" in done.out
    assert "dltutor read chapter3 network" in done.out
    assert str(begun) in done.out
    assert all(width(line) <= 80 for line in done.out.splitlines()[:-1])


def test_how_far_one_is_as_json(dltutor: Callable[..., Any], begun: Path) -> None:
    data = json.loads(dltutor("progress", "show", "--json").out)
    rows = {row["id"]: row for row in data["chapters"]}
    assert rows["chapter3"]["questions"]["right"] == 1
    assert rows["chapter3"]["questions"]["answered"] == 2
    assert rows["chapter3"]["questions"]["total"] >= 10
    assert rows["gone"]["installed"] is False
    assert data["reviews"]["due"] == 0
    assert data["reviews"]["next"] is not None
    assert data["continue"] == {"chapter": "chapter3", "lesson": "network"}
    assert (data["days"], data["days_in_a_row"]) == (1, 1)
    assert data["file"] == str(begun)


def test_an_export_is_imported_on_another_machine(
    dltutor: Callable[..., Any], begun: Path, tmp_path: Path
) -> None:
    file = tmp_path / "进度 1.json"
    assert dltutor("progress", "export", file).code == 0
    data = json.loads(file.read_text(encoding="utf-8"))
    assert (data["format"], data["version"]) == ("dltutor-progress", 1)
    assert {a["question"] for a in data["answers"]} >= {"chapter3/idx-offset", "gone/question"}
    other = {"DLTUTOR_HOME": str(tmp_path / "other")}
    first = dltutor("progress", "import", file, env=other)
    assert first.code == 0
    assert first.out.startswith("New entries: 7.")
    assert dltutor("progress", "import", file, env=other).out == "Nothing in it was new.\n"
    exported = json.loads(dltutor("progress", "export", "-", env=other).out)
    assert {**exported, "exported": ""} == {**data, "exported": ""}


def test_an_export_goes_through_a_pipe(
    dltutor: Callable[..., Any], begun: Path, tmp_path: Path
) -> None:
    text = dltutor("progress", "export", "-").out
    other = {"DLTUTOR_HOME": str(tmp_path / "other")}
    assert dltutor("progress", "import", "-", input=text, env=other).code == 0
    assert "1/" in dltutor("progress", env=other).out


def test_an_export_never_overwrites_another_file(
    dltutor: Callable[..., Any], begun: Path, tmp_path: Path
) -> None:
    file = tmp_path / "thesis.json"
    file.write_text('{"chapters": 5}')
    done = dltutor("progress", "export", file)
    assert done.code == 2
    assert str(file) in done.err
    assert file.read_text() == '{"chapters": 5}'
    export = tmp_path / "export.json"
    assert [dltutor("progress", "export", export).code for _ in range(2)] == [0, 0]


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"{}", "not an export"),
        (b'{"format": "dltutor-progress", "version": 2}', "version 2"),
        (b'{"format": "dltutor-progress", "version": 1, "answers": [{}]}', "answers[0]"),
        (None, "can not be read"),
    ],
)
def test_a_wrong_file_is_one_line(
    dltutor: Callable[..., Any], begun: Path, tmp_path: Path, content: bytes | None, named: str
) -> None:
    file = tmp_path / "wrong.json"
    if content is not None:
        file.write_bytes(content)
    done = dltutor("progress", "import", file)
    assert done.code == 1
    assert len(done.err.splitlines()) == 1
    assert str(file) in done.err
    assert named in done.err
    assert counts("chapter3") == Counts(1, 1, 2, 1)


def test_forgetting_asks_first_and_can_be_undone(dltutor: Callable[..., Any], begun: Path) -> None:
    done = dltutor("progress", "reset", "3")
    assert done.code == 2
    assert "--yes" in done.err
    assert counts("chapter3") == Counts(1, 1, 2, 1)
    done = dltutor("progress", "reset", "mlp", "--yes")
    assert done.code == 0
    assert counts("chapter3") == Counts()
    assert counts("gone").questions_right == 1
    copy = done.out.strip().rpartition(" ")[2]
    assert dltutor("progress", "import", copy).code == 0
    assert counts("chapter3") == Counts(1, 1, 2, 1)


def test_a_chapter_that_is_not_installed_can_be_forgotten(
    dltutor: Callable[..., Any], begun: Path
) -> None:
    assert dltutor("progress", "reset", "gone", "--yes").code == 0
    assert counts("gone") == Counts()
    assert counts("chapter3") == Counts(1, 1, 2, 1)
    assert dltutor("progress", "reset", "gone", "--yes").code == 2  # nobody knows that name now


def test_everything_can_be_forgotten(dltutor: Callable[..., Any], begun: Path) -> None:
    assert dltutor("progress", "reset", "--yes").code == 0
    assert "Nothing is recorded yet" in dltutor("progress").out
    assert dltutor("progress", "reset", "--yes").out == "Nothing is recorded there.\n"


def test_forgetting_asks_on_a_terminal(terminal: Callable[..., Any], begun: Path) -> None:
    screen = terminal("progress", "reset")
    screen.wait("[y/N]")
    screen.send("n\r")
    screen.wait("Nothing was changed.")
    assert screen.finish() == 0
    assert counts("chapter3") == Counts(1, 1, 2, 1)
    screen = terminal("progress", "reset", "3")
    screen.wait("[y/N]")
    screen.send("y\r")
    assert screen.finish() == 0
    assert counts("chapter3") == Counts()


@pytest.mark.parametrize(
    "arguments", [["nothing"], ["reset", "chapter99", "--yes"], ["show", "--jsn"], ["import"]]
)
def test_wrong_use_is_told(dltutor: Callable[..., Any], begun: Path, arguments: list[str]) -> None:
    done = dltutor("progress", *arguments)
    assert done.code == 2
    assert "Traceback" not in done.err


def test_a_damaged_file_is_told_once(dltutor: Callable[..., Any], begun: Path) -> None:
    begun.write_bytes(b"damaged" * 1000)
    first, second = dltutor("progress"), dltutor("progress")
    assert (first.code, second.code) == (0, 0)
    assert "damaged" in first.err
    assert len(first.err.splitlines()) == 1
    assert second.err == ""
    assert first.out == second.out
    assert "1/" in second.out
