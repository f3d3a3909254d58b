"""``dltutor plugins``: a chapter comes, is checked, is used, and goes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Make = Callable[..., Path]


@pytest.fixture
def own(add_chapter: Make) -> Path:
    return add_chapter("own", chapter="number=40")


def plugins(dltutor: Any) -> dict[str, dict[str, Any]]:
    done = dltutor("plugins", "list", "--json")
    assert done.code == 0, done.err
    return {row["name"]: row for row in json.loads(done.out)["plugins"]}


# --- list, enable, disable


def test_the_list_names_the_distribution_and_the_state(
    dltutor: Any, own: Path, add_chapter: Make
) -> None:
    add_chapter("broken", code="import no_such_thing")
    rows = plugins(dltutor)
    assert (rows["own"]["distribution"], rows["own"]["version"]) == ("own", "0.1")
    assert rows["own"]["state"] == "on"
    assert rows["broken"]["state"] == "broken"
    assert "no_such_thing" in rows["broken"]["problem"]
    text = dltutor("plugins", "list").out
    assert "own 0.1" in text
    assert "no_such_thing" in text


@pytest.mark.parametrize("name", ["own", "40", "OWN"])
def test_switching_off_and_on(dltutor: Any, own: Path, name: str) -> None:
    assert dltutor("plugins", "disable", name).code == 0
    assert plugins(dltutor)["own"]["state"] == "off"
    assert dltutor("read", "own").code != 0
    assert dltutor("plugins", "enable", "own").code == 0
    assert plugins(dltutor)["own"]["state"] == "on"


def test_a_broken_chapter_can_be_switched_off(dltutor: Any, add_chapter: Make) -> None:
    add_chapter("broken", code="1 / 0")
    assert dltutor("plugins", "disable", "broken").code == 0
    assert plugins(dltutor)["broken"]["problem"] == "switched off"


def test_switching_off_twice_is_once(dltutor: Any, own: Path, home: Path) -> None:
    for _ in range(2):
        assert dltutor("plugins", "disable", "own").code == 0
    settings = json.loads((home / "config" / "settings.json").read_text(encoding="utf-8"))
    assert settings["disabled"] == ["own"]


@pytest.mark.parametrize("action", ["enable", "disable", "remove"])
def test_an_unknown_name_suggests(dltutor: Any, own: Path, action: str) -> None:
    done = dltutor("plugins", action, "owm")
    assert done.code == 2
    assert "did you mean own?" in done.err


# --- new


def test_a_new_chapter_carries_its_name_everywhere(dltutor: Any, tmp_path: Path) -> None:
    done = dltutor("plugins", "new", "tiny-nets", "--to", "here")
    assert done.code == 0, done.err
    folder = tmp_path / "here" / "tiny-nets"
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert folder / "src" / "tiny_nets" / "__init__.py" in files
    assert all(str(file.relative_to(tmp_path)) in done.out for file in files)
    for file in files:
        text = file.read_text(encoding="utf-8").lower()
        assert "sample" not in text.replace("samples", "").replace("sample, ", ""), file
    assert 'tiny-nets = "tiny_nets"' in (folder / "pyproject.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name", ["Tiny", "tiny_nets", "3d", "class", "../x", "torch", "-x", "json", ""]
)
def test_a_name_that_is_none(dltutor: Any, tmp_path: Path, name: str) -> None:
    before = sorted(tmp_path.rglob("*"))
    done = dltutor("plugins", "new", name)
    assert done.code == 2
    assert sorted(tmp_path.rglob("*")) == before


def test_nothing_is_overwritten(dltutor: Any, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("dear", encoding="utf-8")
    done = dltutor("plugins", "new", "mine")
    assert done.code == 1
    assert "exists and is not empty" in done.err
    assert [file.name for file in (tmp_path / "mine").iterdir()] == ["notes.txt"]


# --- check


def test_the_check_of_a_folder(dltutor: Any, tmp_path: Path) -> None:
    dltutor("plugins", "new", "tiny-nets")
    done = dltutor("plugins", "check", "tiny-nets", "--only", "lessons")
    assert (done.code, done.err) == (0, "")
    assert done.out == "tiny-nets: errors 0, warnings 0\n"
    lesson = tmp_path / "tiny-nets/src/tiny_nets/lessons/en/01-descent.md"
    lesson.write_text(lesson.read_text(encoding="utf-8") + "\n[x](nowhere)\n", encoding="utf-8")
    done = dltutor("plugins", "check", "./tiny-nets", "--only", "lessons", "--only", "contract")
    assert done.code == 1
    last = len(lesson.read_text(encoding="utf-8").splitlines())
    assert f"lessons/en/01-descent.md:{last}: error: the link 'nowhere'" in done.out
    assert done.out.endswith("tiny-nets: errors 1, warnings 0\n")


def test_findings_as_json(dltutor: Any, own: Path) -> None:
    done = dltutor("plugins", "check", "own", "--only", "lessons,quiz", "--json")
    assert done.code == 1
    data = json.loads(done.out)
    assert data["chapters"] == ["own"]
    assert data["errors"] == sum(f["level"] == "error" for f in data["findings"]) > 0
    assert {"chapter", "level", "area", "file", "line", "message"} == set(data["findings"][0])


def test_checking_everything_tells_of_chapters_that_do_not_load(
    dltutor: Any, add_chapter: Make
) -> None:
    add_chapter("broken", code="1 / 0")
    done = dltutor("plugins", "check", "--only", "lessons", "--json")
    assert done.code == 1
    assert any("ZeroDivisionError" in f["message"] for f in json.loads(done.out)["findings"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere/at/all",), "there is no folder"),
        (("chaptr3",), "did you mean chapter3?"),
        (("--only", "lesson"), "one of contract, lessons, quiz, exercises"),
        ((".",), "has no pyproject.toml"),
    ],
)
def test_wrong_use_of_the_check(dltutor: Any, words: tuple[str, ...], said: str) -> None:
    done = dltutor("plugins", "check", *words)
    assert done.code == 2
    assert said in done.err


# --- install and remove


def test_nothing_is_installed_unasked(dltutor: Any) -> None:
    done = dltutor("plugins", "install", "some-chapter")
    assert done.code == 2
    assert "--yes" in done.err


def test_an_option_is_no_distribution(dltutor: Any) -> None:
    done = dltutor("plugins", "install", "--yes", "--", "--index-url=https://evil.example")
    assert done.code == 2
    assert "is an option" in done.err


def test_the_tutor_does_not_remove_itself(dltutor: Any) -> None:
    for name in ("chapter3", "dltutor"):
        done = dltutor("plugins", "remove", name, "--yes")
        assert done.code == 2
        assert "dltutor plugins disable" in done.err


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """The command line in an environment of its own with pip, over the packages of this one."""
    folder = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, timeout=120)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    site = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    # the .pth files of this environment count too: that is how an editable install is found
    (Path(site) / "below.pth").write_text(
        f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n", encoding="utf-8"
    )
    for name, value in (
        ("PIP_NO_INDEX", "1"),
        ("PIP_NO_BUILD_ISOLATION", "false"),
        ("PIP_DISABLE_PIP_VERSION_CHECK", "1"),
        ("PIP_NO_CACHE_DIR", "1"),
    ):
        monkeypatch.setenv(name, value)

    def command(*words: str | Path, code: int = 0) -> str:
        done = subprocess.run(
            [python, "-m", "dltutor", *map(str, words)],
            capture_output=True,
            encoding="utf-8",
            cwd=tmp_path,
            timeout=280,
            check=False,
        )
        assert done.returncode == code, done.stderr
        return done.stdout

    return command


@pytest.mark.slow
def test_a_chapter_is_installed_read_run_and_removed(
    environment: Callable[..., str], tmp_path: Path
) -> None:
    environment("plugins", "new", "tiny-nets")
    environment("plugins", "new", "bad-one")
    broken = tmp_path / "bad-one" / "src" / "bad_one" / "__init__.py"
    broken.write_text("raise RuntimeError('it never loads')\n", encoding="utf-8")

    said = environment("plugins", "install", "./tiny-nets", "--yes")
    assert "Installed tiny-nets: Tiny nets" in said
    said = environment("plugins", "install", "./bad-one", "--yes", code=1)
    assert "does not load: RuntimeError: it never loads" in said

    # the broken one beside it hurts nothing
    rows = {row["id"]: row for row in json.loads(environment("list", "--json"))["chapters"]}
    assert rows["tiny-nets"]["lessons"]["total"] == 1
    assert "it never loads" in rows["bad-one"]["problem"]
    assert "Downhill, one step at a time" in environment("read", "tiny-nets", "1", "--plain")
    said = environment("run", "tiny-nets", "--preset", "quick", "--json")
    finished = json.loads(said.splitlines()[-1])
    assert finished["event"] == "finished"
    assert finished["metrics"]["test_loss"] < 0.2 < finished["metrics"]["baseline_mean"]

    assert "Removed tiny-nets" in environment("plugins", "remove", "tiny-nets", "--yes")
    assert "Removed bad-one" in environment("plugins", "remove", "bad-one", "--yes")
    left = {row["name"] for row in json.loads(environment("plugins", "list", "--json"))["plugins"]}
    assert not left & {"tiny-nets", "bad-one"}
    assert "chapter3" in left


@pytest.mark.slow
def test_what_pip_can_not_install_is_one_line(
    environment: Callable[..., str], tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    assert environment("plugins", "install", "./empty", "--yes", code=1) == ""
