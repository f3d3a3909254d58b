"""Distributions of other people: made, installed, used and removed; and broken ones beside them.

Everything happens in an environment made for the test, which sees the packages of the one
that runs the tests. Nothing is fetched.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@dataclass
class Environment:
    """A virtual environment with pip, in which dltutor runs."""

    python: Path
    home: Path

    def __call__(self, *arguments: str | Path, code: int = 0, input: str = "") -> str:
        """Runs dltutor there, checks its exit code and returns what it printed."""
        done = self._run(arguments, code, input)
        return done.stdout + done.stderr

    def json(self, *arguments: str) -> list[Any]:
        """The JSON values that it printed on standard output, line by line or as one."""
        text = self._run(arguments).stdout
        if text.startswith(("{\n", "[\n")):
            return [json.loads(text)]
        return [json.loads(line) for line in text.splitlines()]

    def _run(
        self, arguments: Sequence[str | Path], code: int = 0, input: str = ""
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [self.python, "-m", "dltutor", *map(str, arguments)],
            input=input,
            capture_output=True,
            encoding="utf-8",
            env=self.variables,
            cwd=self.home,
            timeout=240,
            check=False,
        )
        assert done.returncode == code, (
            f"{arguments}: {done.returncode}\n{done.stdout}{done.stderr}"
        )
        assert "Traceback" not in done.stderr
        return done

    def plugins(self) -> dict[str, dict[str, Any]]:
        """The rows of ``dltutor plugins list``, by name."""
        return {row["name"]: row for row in self.json("plugins", "list", "--json")[0]["plugins"]}

    @property
    def variables(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "PYTHON"))}
        return {
            **kept,
            "DLTUTOR_HOME": str(self.home),
            "DLTUTOR_LANG": "en",
            "PYTHONUTF8": "1",
            "OMP_NUM_THREADS": "1",
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_NO_INDEX": "1",
            # pip reads this one the other way round: 0 means without isolation
            "PIP_NO_BUILD_ISOLATION": "0",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        }


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder / "env", with_pip=True)
    python = folder / "env/bin/python"
    if os.name == "nt":
        python = folder / "env/Scripts/python.exe"
    asked = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = subprocess.run([python, "-c", asked], capture_output=True, text=True, check=True)
    # .pth files of the packages that this makes visible are not read, so their paths go in here
    own = {sys.prefix, sys.base_prefix}
    seen = [
        p for p in sys.path if p and Path(p).is_dir() and p not in own and "lib-dynload" not in p
    ]
    seen = [p for p in seen if not (Path(p) / "encodings").is_dir()]  # the standard library
    (Path(site.stdout.strip()) / "outer.pth").write_text("\n".join(seen), encoding="utf-8")
    (folder / "home").mkdir()
    return Environment(python, folder / "home")


def test_a_chapter_of_ones_own_from_the_first_command_to_the_last(
    environment: Environment, tmp_path: Path
) -> None:
    pytest.importorskip("torch")
    pytest.importorskip("hatchling")
    dltutor = environment
    assert "my-chapter" not in dltutor.plugins()

    dltutor("plugins", "new", "my-chapter", "--to", tmp_path)
    project = tmp_path / "my-chapter"
    dltutor("plugins", "check", project)
    dltutor("plugins", "install", project, code=2)  # nobody can be asked
    said = dltutor("plugins", "install", project, "--yes")
    row = dltutor.plugins()["my-chapter"]
    assert (row["state"], row["distribution"]) == ("on", "my-chapter")
    assert f"dltutor read {row['id']}" in said

    chapter = row["id"]
    assert row["title"] in dltutor("list")
    lesson = dltutor("read", chapter, "1", "--plain")
    assert "descent" in lesson.lower()
    assert dltutor("--lang", "zh", "read", chapter, "1", "--plain") != lesson

    dltutor("plugins", "disable", chapter)
    assert dltutor.plugins()["my-chapter"]["state"] == "off"
    dltutor("read", chapter, code=1)
    dltutor("plugins", "enable", chapter)

    events = dltutor.json("run", chapter, "--preset", "quick", "--json")
    assert events[-1]["event"] == "finished"
    assert events[-1]["metrics"]

    said = dltutor("plugins", "remove", "my-chapter", "--yes")
    assert "my-chapter" not in dltutor.plugins()
    near = dltutor("read", chapter, code=2)
    assert "there is no chapter" in near
    assert dltutor.plugins()["chapter3"]["state"] == "on"


BROKEN = {
    "raises": "raise RuntimeError('half written')",
    "absent": None,  # an entry point that names a module which is not there
    "syntax": "def dltutor_chapter(:",
    "quits": "import sys; sys.exit('good bye')",
    "stops": "raise KeyError",
    "empty": "",
    "misspelt": """
from dltutor.hookspecs import hookimpl
@hookimpl
def dltutor_chaptre(): return None
""",
    "wrong": """
from dltutor.hookspecs import hookimpl
@hookimpl
def dltutor_chapter(): return {"id": "wrong"}
""",
    "thief": """
from dltutor.chapter import Chapter
from dltutor.hookspecs import hookimpl
@hookimpl
def dltutor_chapter():
    return Chapter(id="chapter3", slug="thief", title="Mine", summary="", content="thief")
""",
    "slow": """
import time
from dltutor.chapter import Chapter
from dltutor.hookspecs import hookimpl
time.sleep(1.3)
@hookimpl
def dltutor_chapter():
    return Chapter(id="slow", slug="slow", title="Slow", summary="", content="slow")
""",
    "painter": """
from dltutor.chapter import Chapter
from dltutor.hookspecs import hookimpl
print("noise")
@hookimpl
def dltutor_chapter():
    return Chapter(id="painter", slug="painter", title="Red \\x1b[31m[bold]",
                   summary="\\x1b]0;x\\x07", content="no.such.package")
""",
    "secret": "raise RuntimeError('\\x1b[2Jgone\\nsecond line')",
}


def wheel(folder: Path) -> Path:
    """A wheel with all the broken chapters, as a build backend would write it."""
    file = folder / "broken_chapters-1.0-py3-none-any.whl"
    about = "broken_chapters-1.0.dist-info"
    content = {f"{name}.py": code for name, code in BROKEN.items() if code is not None}
    content[f"{about}/METADATA"] = "Metadata-Version: 2.1\nName: broken-chapters\nVersion: 1.0\n"
    content[f"{about}/WHEEL"] = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    points = "".join(f"{name} = {name}\n" for name in BROKEN)
    content[f"{about}/entry_points.txt"] = f"[dltutor.chapters]\n{points}"
    content[f"{about}/RECORD"] = "".join(f"{name},,\n" for name in [*content, f"{about}/RECORD"])
    with zipfile.ZipFile(file, "w") as opened:
        for name, text in content.items():
            opened.writestr(name, text)
    return file


@pytest.fixture(scope="module")
def broken(environment: Environment, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    file = wheel(tmp_path_factory.mktemp("wheel"))
    said = environment("plugins", "install", file, "--yes", code=1)
    assert "does not load" in said
    return environment


def test_broken_chapters_are_rows_that_say_why(broken: Environment) -> None:
    rows = broken.plugins()
    assert rows["chapter3"]["state"] == "on"
    for name, says in (
        ("raises", "RuntimeError: half written"),
        ("absent", "No module named 'absent'"),
        ("syntax", "SyntaxError"),
        ("quits", "SystemExit: good bye"),
        ("stops", "KeyError: no message"),
        ("empty", "has no function dltutor_chapter"),
        ("misspelt", "dltutor_chaptre"),
        ("wrong", "returned dict, not a Chapter"),
        ("thief", "the name 'chapter3' is taken by chapter3 (dltutor)"),
        ("secret", "RuntimeError: gone second line"),
    ):
        assert rows[name]["state"] == "broken", name
        assert says in rows[name]["problem"], name
        assert rows[name]["distribution"] == "broken-chapters"
    assert rows["slow"]["state"] == "on"
    assert "slow: took 1." in rows["slow"]["problem"]
    assert rows["painter"]["state"] == "on"


def test_broken_chapters_hurt_nothing(broken: Environment) -> None:
    listed = broken("list")
    assert "MNIST with a multilayer perceptron" in listed
    assert "\x1b" not in listed
    assert "[bold]" in listed  # text is shown as text
    assert "MNIST" in broken("read", "chapter3")
    assert broken("quiz", "chapter3", input="q\n")
    assert broken.json("doctor", "--json")[0]["counts"]["fail"] == 0
    assert "installed but did not load: RuntimeError" in broken("read", "raises", code=1)
    assert "no content package no.such.package" in broken("read", "painter", code=1)


def test_a_broken_chapter_that_is_off_is_not_imported(broken: Environment) -> None:
    broken("plugins", "disable", "slow")
    row = broken.plugins()["slow"]
    assert (row["state"], row["seconds"]) == ("off", 0)
    broken("plugins", "enable", "slow")


def test_removing_the_distribution_takes_all_of_it(broken: Environment) -> None:
    broken("plugins", "remove", "broken-chapters", "--yes")
    assert set(broken.plugins()) & set(BROKEN) == set()
    refused = broken("plugins", "remove", "chapter3", "--yes", code=2)
    assert "comes with dltutor" in refused


def test_the_wheel_holds_all_and_only_what_is_needed(tmp_path: Path) -> None:
    pytest.importorskip("hatchling")
    program = "import sys, hatchling.build as b; print(b.build_wheel(sys.argv[1]))"
    built = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    names = set(zipfile.ZipFile(tmp_path / built.stdout.split()[-1]).namelist())
    top = {name.partition("/")[0] for name in names}
    assert {n for n in top if not n.endswith(".dist-info")} == {
        "dltutor",
        "dltutor_plugins",
        "dltutor_content",
    }
    packages = (
        ROOT / "tutor/dltutor",
        ROOT / "plugins/dltutor_plugins",
        ROOT / "content/dltutor_content",
    )
    there = {
        file.relative_to(package.parent).as_posix()
        for package in packages
        for file in package.rglob("*")
        if file.is_file()
        and not any(
            p == "__pycache__" or p.startswith(".") for p in file.relative_to(package).parts
        )
    }
    assert len(there) > 50
    assert there <= names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    points = next(name for name in names if name.endswith("entry_points.txt"))
    text = zipfile.ZipFile(tmp_path / built.stdout.split()[-1]).read(points).decode()
    assert "dltutor = dltutor.cli.main:main" in text
    assert "chapter3 = dltutor_plugins.chapter03_mlp" in text
