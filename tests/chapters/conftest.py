"""What the tests of chapters share: an exercise's checks over any answer, a finished run."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from dltutor import registry
from dltutor.learning.checks import CheckFailed

if TYPE_CHECKING:
    from dltutor.training.trained import TrainedRun

Judge = Callable[..., dict[str, str]]
Source = Callable[[str, str, str], str]


@pytest.fixture(scope="session")
def source() -> Source:
    """``source("chapter3", "01-one-hot", "solution")``: the text of one of an exercise's files."""

    def read(chapter: str, exercise: str, name: str) -> str:
        package = import_module(registry.find(chapter).content)
        file = Path(package.__path__[0]) / "exercises" / exercise / f"{name}.py"
        return file.read_text(encoding="utf-8")

    return read


@pytest.fixture
def judge(source: Source, monkeypatch: pytest.MonkeyPatch) -> Judge:
    """``judge("chapter3", "01-one-hot", answer)``: case to what it says, ``""`` when it passed.

    The checks run here and not in the sandbox, which the gate tries with every exercise: it takes
    milliseconds instead of seconds.
    """
    torch = pytest.importorskip("torch")
    np = pytest.importorskip("numpy")

    def run(chapter: str, exercise: str, answer: str, seed: int = 0) -> dict[str, str]:
        checks, work = ModuleType("check"), ModuleType("work")
        monkeypatch.setitem(sys.modules, "work", work)
        exec(compile(source(chapter, exercise, "check"), "check.py", "exec"), vars(checks))
        exec(compile(answer, "work.py", "exec"), vars(work))
        outcome = {}
        for name, function in list(vars(checks).items()):
            if name.startswith("check_"):
                random.seed(seed)
                np.random.seed(seed)
                torch.manual_seed(seed)
                try:
                    function(work)
                except CheckFailed as failure:
                    said = str(failure)
                except Exception as error:  # the learner's code is called
                    said = f"{type(error).__name__}: {error}"
                else:
                    said = ""
                outcome[name.removeprefix("check_")] = said
        return outcome

    return run


@pytest.fixture
def trained(run_home: tuple[Path, object], monkeypatch: pytest.MonkeyPatch) -> TrainedRun:
    """The run of a module's own ``run_home``, as ``predict`` and the demos get it."""
    from dltutor.runs.folder import find_run
    from dltutor.training.trained import TrainedRun

    monkeypatch.setenv("DLTUTOR_HOME", str(run_home[0]))
    return TrainedRun(find_run("last"), "cpu")
