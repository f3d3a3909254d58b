"""Exercises: their folders, the learner's copies, merges, and the words of a verdict."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dltutor import i18n, paths
from dltutor.chapter import Chapter
from dltutor.errors import ContentError, MissingPackagesError, TutorError, UsageError
from dltutor.learning.exercises import (
    CaseResult,
    Exercise,
    Result,
    check,
    exercises,
    find_exercise,
    report,
)
from dltutor.learning.explain import explain, forbidden
from dltutor.learning.merge import merge, merge_lines
from dltutor.learning.workspace import State, Workspace

DATA = Path(__file__).parent / "data" / "exercises"


@pytest.fixture
def chapter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Chapter:
    """A chapter whose content package is a copy of the exercises of these tests."""
    package = tmp_path / "packages" / "my_content"
    shutil.copytree(DATA, package / "exercises")
    monkeypatch.syspath_prepend(str(package.parent))
    i18n.use("en")
    return Chapter(id="mine", slug="mine", title="Mine", summary="", content="my_content")


@pytest.fixture
def folder(chapter: Chapter, tmp_path: Path) -> Path:
    return tmp_path / "packages" / "my_content" / "exercises"


@pytest.fixture
def double(chapter: Chapter) -> Exercise:
    return exercises(chapter)[0]


# ---------------------------------------------------------------- loading


def test_what_an_exercise_is(chapter: Chapter) -> None:
    first, second = exercises(chapter)
    assert (first.id, first.name, first.number, first.lesson) == (
        "mine/double",
        "double",
        1,
        "first",
    )
    assert (first.seconds, first.imports, first.bughunt) == (2.0, (), False)
    assert second.imports == ("torch",)
    assert len(first.hints) == 2
    assert "Complete" in first.statement("en")
    assert "完成" in first.statement("zh")
    assert "Your part" in first.starter
    assert "2 * x" in first.solution


def test_a_statement_falls_back_to_english(folder: Path, chapter: Chapter) -> None:
    (folder / "01-double" / "statement.zh.md").unlink()
    assert "Complete" in exercises(chapter)[0].statement("zh")


@pytest.mark.parametrize("name", ["1", "01", "double", "01-double", "mine/double", " Double "])
def test_an_exercise_is_found_by(chapter: Chapter, name: str) -> None:
    assert find_exercise(chapter, name).name == "double"


def test_a_near_miss_suggests(chapter: Chapter) -> None:
    with pytest.raises(UsageError, match="did you mean softmax"):
        find_exercise(chapter, "sofmax")
    with pytest.raises(UsageError, match="there are: double, softmax"):
        find_exercise(chapter, "9")


def test_a_chapter_without_exercises(folder: Path, chapter: Chapter) -> None:
    shutil.rmtree(folder)
    assert exercises(chapter) == ()
    with pytest.raises(UsageError, match="has no exercises"):
        find_exercise(chapter, "1")


def replaced(old: str, new: str) -> Callable[[Path], Any]:
    def change(folder: Path) -> None:
        file = folder / "exercise.toml"
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda f: (f / "check.py").unlink(), r"check\.py is missing"),
        (lambda f: (f / "statement.en.md").unlink(), r"statement\.en\.md is missing"),
        (lambda f: (f / "exercise.toml").write_text("id = "), r"exercise\.toml is not TOML"),
        (lambda f: (f / "exercise.toml").write_bytes(b"id = '\xff'"), r"exercise\.toml.*UTF-8"),
        (lambda f: f.rename(f.with_name("double")), r"named NN-name"),
        (lambda f: shutil.copytree(f, f.with_name("03-double")), r"are both 'double'"),
        (lambda f: shutil.copytree(f, f.with_name("02-other")), r"are both '(2|double)'"),
        (replaced('id = "double"', 'id = "Double 1"'), r"id 'Double 1'"),
        (replaced('id = "double"', ""), r"id is a text, and it is missing"),
        (replaced('lesson = "first"', "lesson = 3"), r"lesson is a text, not 3"),
        (replaced("seconds = 2", "seconds = 0"), r"seconds is a number"),
        (replaced("seconds = 2", "seconds = true"), r"seconds is a number"),
        (replaced("seconds = 2", "second = 2"), r"no key 'second'.*did you mean seconds"),
        (replaced("seconds = 2", "bughunt = 1"), r"bughunt is true or false"),
        (replaced("seconds = 2", 'imports = "torch"'), r"imports is a list"),
        (replaced("seconds = 2", "hint = []"), r"no key 'hint'.*did you mean hints"),
        (replaced('note = { en = "', 'note = { de = "'), r"note is a text or \{en"),
        (replaced('title = { en = "Twice as much", zh = "两倍" }', ""), r"title is a text or"),
    ],
)
def test_a_fault_names_the_file_and_the_key(
    chapter: Chapter, folder: Path, change: Callable[[Path], Any], words: str
) -> None:
    change(folder / "01-double")
    with pytest.raises(ContentError, match=words) as caught:
        exercises(chapter)
    assert str(folder) in str(caught.value)


# ---------------------------------------------------------------- the learner's copies


def test_start_hands_out_the_starter_once(double: Exercise) -> None:
    workspace = Workspace()
    file = workspace.path(double)
    assert file == paths.exercises_folder() / "mine" / "double.py"
    assert workspace.start(double)
    assert file.read_text(encoding="utf-8") == double.starter
    file.write_text("mine", encoding="utf-8")
    assert not workspace.start(double)
    assert file.read_text(encoding="utf-8") == "mine"


def test_reset_keeps_a_copy_each_time(double: Exercise) -> None:
    workspace = Workspace()
    assert workspace.reset(double) is None
    kept = []
    for text in ("one", "two", "three"):
        workspace.path(double).write_bytes(text.encode() + b"\r\n\xff")
        kept.append(workspace.reset(double))
    assert [f.read_bytes() for f in kept if f] == [b"one\r\n\xff", b"two\r\n\xff", b"three\r\n\xff"]
    assert workspace.text(double) == double.starter


def test_diff_and_solution(double: Exercise) -> None:
    workspace = Workspace()
    with pytest.raises(UsageError, match="dltutor exercise start mine double"):
        workspace.diff(double)
    workspace.start(double)
    assert workspace.diff(double) == []
    file = workspace.path(double)
    file.write_text(
        double.starter.replace("return numbers", "return numbers * 2"), encoding="utf-8"
    )
    rows = workspace.diff(double)
    assert "-    return numbers" in rows
    assert "+    return numbers * 2" in rows
    rows = workspace.solution_diff(double)
    assert "-    return numbers * 2" in rows
    assert "+    return [2 * x for x in numbers]" in rows


def test_hints_are_a_ladder_that_is_remembered(double: Exercise) -> None:
    assert Workspace().next_hint(double) == (1, double.hints[0])
    assert Workspace().next_hint(double) == (2, double.hints[1])
    assert Workspace().next_hint(double) is None
    assert Workspace().state(double).hints == 2


def test_a_check_is_remembered_and_opens_the_solution(double: Exercise) -> None:
    from dltutor.learning.progress import Progress

    workspace = Workspace()
    workspace.start(double)
    assert not workspace.may_see_solution(double)
    assert not workspace.check(double).passed
    assert workspace.may_see_solution(double)
    workspace.path(double).write_text(double.solution, encoding="utf-8")
    assert workspace.check(double).passed
    assert workspace.state(double) == State(hints=0, failed=1, passed=True)
    with Progress.open() as progress:
        assert progress.exercises("mine") == {"mine/double": True}


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"hints": "x"}', b"\xff"])
def test_a_damaged_state_is_no_state(double: Exercise, damage: bytes) -> None:
    workspace = Workspace()
    workspace.next_hint(double)
    (paths.exercises_folder() / "mine" / ".dltutor" / "double.json").write_bytes(damage)
    assert workspace.state(double) == State()
    assert workspace.next_hint(double) == (1, double.hints[0])


def test_a_folder_that_can_not_be_written_is_named(double: Exercise, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TutorError, match="can not be written"):
        Workspace(tmp_path / "file").start(double)


# ---------------------------------------------------------------- a starter that changes


def upgraded(exercise: Exercise, old: str, new: str) -> None:
    text = exercise.starter
    assert old in text
    exercise.starter_path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_changed_starter_is_merged_on_demand(double: Exercise) -> None:
    workspace = Workspace()
    workspace.start(double)
    file = workspace.path(double)
    mine = double.starter.replace("return numbers", "return [x + x for x in numbers]")
    file.write_text(mine, encoding="utf-8")
    assert not workspace.changed(double)
    assert workspace.merge(double) is None
    upgraded(double, "    return sum(double(numbers))", "    return float(sum(double(numbers)))")
    assert workspace.changed(double)
    assert not workspace.start(double)
    assert file.read_text(encoding="utf-8") == mine
    done = workspace.merge(double)
    assert done is not None
    assert done.conflicts == 0
    assert done.kept.read_text(encoding="utf-8") == mine
    text = file.read_text(encoding="utf-8")
    assert "[x + x for x in numbers]" in text
    assert "return float(sum" in text
    assert not workspace.changed(double)


def test_a_conflict_keeps_both_and_the_check_says_so(double: Exercise) -> None:
    workspace = Workspace()
    workspace.start(double)
    file = workspace.path(double)
    file.write_bytes(
        double.starter.replace("return numbers", "return mine").replace("\n", "\r\n").encode()
    )
    upgraded(double, "    return numbers", "    return theirs")
    done = workspace.merge(double)
    assert done is not None
    assert done.conflicts == 1
    text = file.read_bytes().decode()
    assert "return mine\r\n" in text
    assert "return theirs\r\n" in text
    assert "unfinished merge" in workspace.check(double).problem


def test_without_the_handed_out_copy_nothing_is_merged(double: Exercise) -> None:
    workspace = Workspace()
    workspace.start(double)
    (paths.exercises_folder() / "mine" / ".dltutor" / "double.starter.py").unlink()
    upgraded(double, "numbers", "values")
    assert not workspace.changed(double)
    assert workspace.merge(double) is None


lines = st.lists(st.sampled_from("abcdef"), max_size=8).map(lambda x: "".join(f"{c}\n" for c in x))


@settings(deadline=None, max_examples=20)
@given(lines, lines)
def test_a_merge_with_one_side_unchanged_is_the_other(base: str, new: str) -> None:
    for one in (merge_lines, merge):
        for mine, theirs in ((base, new), (new, base), (new, new)):
            assert one(base, mine, theirs, ("a", "b")).text == new
            assert one(base, mine, theirs, ("a", "b")).conflicts == 0


@settings(deadline=None)
@given(lines, lines, lines)
def test_a_merge_never_loses_what_the_learner_wrote(base: str, mine: str, theirs: str) -> None:
    done = merge_lines(base, mine, theirs, ("a", "b"))
    from collections import Counter

    mine_new = Counter(mine.splitlines()) - Counter(base.splitlines())
    assert not mine_new - Counter(done.text.splitlines())
    assert done.text.count("<<<<<<< a\n") == done.text.count(">>>>>>> b\n") == done.conflicts


def test_both_mergers_agree_where_there_is_no_conflict() -> None:
    base = "".join(f"{c}\n" for c in "abcdefghij")
    mine = base.replace("b\n", "b\nmine\n")
    theirs = base.replace("i\n", "theirs\n")
    expected = mine.replace("i\n", "theirs\n", 1).replace("mtheirs\nne", "mine")
    for one in (merge, merge_lines):
        done = one(base, mine, theirs, ("a", "b"))
        assert done.conflicts == 0
        assert done.text.splitlines() == [*"ab", "mine", *"cdefgh", "theirs", "j"], expected


# ---------------------------------------------------------------- checking


def test_a_missing_package_gives_the_command(double: Exercise) -> None:
    lacking = replace(double, imports=("no_such_package_here",))
    with pytest.raises(MissingPackagesError, match=r"no_such_package_here.*pip install"):
        check(lacking, double.solution_path)


def test_the_order_of_cases_is_the_file_s(double: Exercise) -> None:
    result = check(double, double.solution_path)
    assert [case.name for case in result.cases] == ["values", "empty", "input"]
    assert result.cases[0].title == "each number is doubled"


def test_a_sandbox_that_waits_checks_what_comes(double: Exercise) -> None:
    from dltutor.learning.exercises import sandbox

    ready = sandbox(double)
    assert check(double, double.solution_path, ready=ready).passed


def test_report_shows_cases_lines_and_output() -> None:
    i18n.use("en")
    cases = (
        CaseResult("a", "first", "passed"),
        CaseResult("b", "second", "failed", "wrong\nbecause", ((3, "f", "return 1"),)),
        CaseResult("c", "third", "not run"),
    )
    result = Result(
        False, cases, "stopped", ((5, "<module>", ""),), "hello\n", 10_000, file="/x/y.py"
    )
    assert report(result) == [
        "✓ first",
        "✗ second",
        "    wrong",
        "    because",
        "    y.py, line 3, in f: return 1",
        "- third  (not run)",
        "! stopped",
        "    y.py, line 5",
        "It printed:",
        "  | hello",
        "  | … and 10,000 bytes more",
        "1 of 3 checks pass.",
    ]
    assert str(result) == "stopped"


@pytest.mark.parametrize(
    ("kind", "message", "words"),
    [
        (
            "RuntimeError",
            "mat1 and mat2 shapes cannot be multiplied (8x784 and 312x256)",
            r"784.*312",
        ),
        (
            "RuntimeError",
            "The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 1",
            "axis 1 one has 3, the other 4",
        ),
        ("RuntimeError", "shape '[2, 4]' is invalid for input of size 6", "multiply to 6"),
        ("IndexError", "Target 10 is out of bounds.", "class index is 10"),
        ("RecursionError", "maximum recursion depth exceeded", "stops it"),
        ("SomethingElse", "nobody knows", ""),
    ],
)
def test_errors_are_explained(kind: str, message: str, words: str) -> None:
    import re

    i18n.use("en")
    text = explain(kind, message)
    assert re.search(words, text) if words else text == ""


def test_torch_still_says_what_is_explained() -> None:
    """The patterns are torch's own words: each of these errors really comes, and is explained."""
    import torch
    from torch import nn
    from torch.nn import functional

    i18n.use("en")
    x = torch.zeros(8, 784)
    leaf = torch.ones(2, requires_grad=True)

    def twice() -> None:
        loss = (leaf * leaf).sum()
        loss.backward()
        loss.backward()

    def in_place() -> None:
        leaf.add_(1)

    def overwritten() -> None:
        y = leaf.exp()
        y += 1
        y.sum().backward()

    errors: list[Callable[[], Any]] = [
        lambda: nn.Linear(312, 256)(x),
        lambda: torch.ones(3) + torch.ones(4),
        lambda: torch.ones(6).reshape(2, 4),
        lambda: torch.ones(2, 3).T.view(6),
        lambda: functional.cross_entropy(torch.ones(1, 10), torch.tensor([10])),
        lambda: torch.ones(3)[5],
        lambda: torch.ones(3).sum(dim=1),
        lambda: torch.ones(1).backward(),
        twice,
        lambda: (leaf * 2).backward(),
        in_place,
        overwritten,
        lambda: leaf.numpy(),
        lambda: nn.Linear(2, 2)(torch.ones(2).double()),
        lambda: torch.ones(2, 2).double() @ torch.ones(2, 2),
        lambda: torch.ones(2).long().softmax(0),
        lambda: torch.ones(2).long().div_(2),
        lambda: torch.ones(2).long().requires_grad_(),
        lambda: torch.ones(2)[torch.ones(1)],
        lambda: bool(torch.ones(2)),
        lambda: torch.ones(2).item(),
        lambda: nn.Conv2d(1, 1, 3)(torch.ones(1, 1)),
        lambda: torch.stack([torch.ones(1), torch.ones(2)]),
        lambda: torch.optim.SGD(nn.Sequential().parameters()),
    ]
    unexplained = []
    for cause in errors:
        with pytest.raises(Exception) as caught:  # noqa: PT011 - every kind of error
            cause()
        if not explain(type(caught.value).__name__, str(caught.value)):
            unexplained.append(str(caught.value))
    assert not unexplained


def test_refusals_are_told_in_words() -> None:
    i18n.use("en")
    assert "no network" in forbidden("dltutor:network:socket.connect")
    assert "no network" in forbidden("<urlopen error dltutor:network:socket.getaddrinfo>")
    assert "starts no processes" in forbidden("[Errno 1] Operation not permitted")
    assert forbidden("something else") == ""
