"""What starts must start fast: nothing heavy is imported where it is not used."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

HEAVY = {"torch", "textual", "plotext", "numpy", "transformers", "pydantic", "PIL", "sklearn"}
FOR_LISTS = HEAVY | {"rich", "markdown_it", "pylatexenc", "fsrs", "asyncio", "multiprocessing"}

# Runs a piece of Python and prints, as the last line, what it has imported.
WRAPPED = """
import json, sys
try:
    exec(compile({code!r}, "<test>", "exec"))
except SystemExit as ended:
    if ended.code not in (0, None):
        raise
sys.stdout.flush()
print()
print(json.dumps(sorted({{name.partition(".")[0] for name in sys.modules}})))
"""


def imported(code: str, input: str = "") -> set[str]:
    """The top-level modules that a fresh process has after running ``code``."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", WRAPPED.format(code=code)],
        input=input,
        capture_output=True,
        encoding="utf-8",
        env=dict(os.environ),
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def command(*arguments: str) -> str:
    line = ["dltutor", *arguments]
    return f"import sys; sys.argv = {line!r}; from dltutor.cli.main import main; main()"


ASK_EVERYTHING = """
from dltutor import registry
assert registry.chapters()
assert not [e for e in registry.entries() if e.problem], registry.entries()
"""


@pytest.mark.parametrize(
    ("code", "without"),
    [
        pytest.param("import dltutor.cli.main", FOR_LISTS | {"sqlite3"}, id="import"),
        pytest.param(command("--help"), FOR_LISTS | {"sqlite3"}, id="help"),
        pytest.param(command("--version"), FOR_LISTS | {"sqlite3"}, id="version"),
        pytest.param(command("list"), FOR_LISTS, id="list"),
        pytest.param(command("list", "--json"), FOR_LISTS, id="list-json"),
        pytest.param(ASK_EVERYTHING, FOR_LISTS | {"sqlite3"}, id="every-chapter"),
        pytest.param(command("read", "3", "1", "--plain"), HEAVY, id="read"),
        pytest.param(command("data", "list"), HEAVY, id="data"),
        pytest.param("import dltutor.tui.app", {"torch", "transformers", "sklearn"}, id="screens"),
        pytest.param("import dltutor.runs.launch, dltutor.runs.follow", HEAVY, id="runs"),
    ],
)
def test_nothing_heavy_is_imported(code: str, without: set[str]) -> None:
    assert imported(code) & without == set()


def test_a_quiz_needs_no_torch_and_no_screens() -> None:
    assert imported(command("quiz", "3"), input="q\n") & {"torch", "textual", "plotext"} == set()


@pytest.mark.parametrize(
    "name", [*sorted(p.stem for p in (ROOT / "tutor/dltutor/cli").glob("[a-z]*.py")), "doctor"]
)
def test_no_command_imports_torch_or_a_chapter_when_it_is_loaded(name: str) -> None:
    found = imported(f"import dltutor.cli.{name}")
    assert found & {"torch", "transformers", "textual", "plotext", "dltutor_plugins"} == set()


def test_import_contracts_hold() -> None:
    linter = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    if linter is None:
        pytest.skip("import-linter is not installed; .ci/run has it")
    done = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert "0 broken" in done.stdout
