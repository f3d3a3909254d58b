"""A small chapter, installed by a path, whose training has every fault on demand."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dltutor import registry
from dltutor.chapter import Chapter
from dltutor.runs import follow, launch
from dltutor.runs.folder import RunFolder

SAMPLE = Path(__file__).parent / "sample"


@pytest.fixture
def tiny(home: Path, monkeypatch: pytest.MonkeyPatch) -> Chapter:
    monkeypatch.syspath_prepend(str(SAMPLE))
    monkeypatch.setenv(
        "PYTHONPATH", os.pathsep.join([str(SAMPLE), *filter(None, [os.environ.get("PYTHONPATH")])])
    )
    registry.entries.cache_clear()
    for name in [n for n in sys.modules if n.startswith("tiny_chapter")]:
        del sys.modules[name]
    return registry.find("tiny")


@pytest.fixture
def trained(tiny: Chapter) -> Callable[..., tuple[RunFolder, list[dict[str, Any]]]]:
    """``trained("epochs=2", seed=1)`` trains to the end; returns the run and its events."""

    def train(*settings: str, **options: Any) -> tuple[RunFolder, list[dict[str, Any]]]:
        run = launch.start(tiny, launch.plan(tiny, settings=settings, **options))
        return run, follow.to_end(run)

    return train
