"""Runs for the tests of chapters: trained by a real process, or driven step by step in this one."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch

from dltutor.data.roots import DataChoice
from dltutor.events import Routine, Step

RunHome = tuple[Path, dict[str, Any]]
"""a DLTUTOR_HOME with a finished run, and the run's events by kind"""


def run_to_end(home: Path, chapter: str, *options: str, **settings: object) -> RunHome:
    """Trains to the end by ``dltutor run chapter options --set setting=value ... --json``."""
    keep = {k: v for k, v in os.environ.items() if not k.startswith("DLTUTOR")}
    sets = [word for name, value in settings.items() for word in ("--set", f"{name}={value}")]
    done = subprocess.run(
        [sys.executable, "-m", "dltutor", "run", chapter, *options, *sets, "--json"],
        env={**keep, "DLTUTOR_HOME": str(home), "DLTUTOR_LANG": "en", "OMP_NUM_THREADS": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    events: dict[str, Any] = {}
    for line in done.stdout.splitlines():
        event = json.loads(line)
        events.setdefault(event["event"], []).append(event)
    return home, events


def ends_the_same_when_stopped(
    train: Callable[[Any, Any], Routine],
    config: Any,
    data: DataChoice,
    folder: Path,
    *,
    stop: int,
    states: Sequence[str] = ("model0",),
) -> dict[str, Any]:
    """Holds a run that is stopped at a step and resumed against one that is not.

    The result and the named states must be equal to the last bit. Returns all states at the end.
    """
    whole, end = _driven(train, config, data, folder / "whole")
    _, middle = _driven(train, config, data, folder / "stopped", stop=stop)
    resumed, other = _driven(train, config, data, folder / "resumed", state=middle)
    assert resumed == whole
    for name in states:
        for key, value in end["states"][name].items():
            assert torch.equal(value, other["states"][name][key]), (name, key)
    return dict(end["states"])


def _driven(
    train: Callable[[Any, Any], Routine],
    config: Any,
    data: DataChoice,
    folder: Path,
    state: Any = None,
    stop: int = 0,
) -> tuple[Any, Any]:
    """A routine's result and its run's state, at its end or at step ``stop``."""
    from lightning_fabric import Fabric

    from dltutor.runs.spec import RunSpec
    from dltutor.training.run import Run

    folder.mkdir()
    torch.manual_seed(0)
    spec = RunSpec(chapter="driven", preset="quick", config={}, data={})
    run = Run(spec, Fabric(accelerator="cpu", devices=1), folder, data)
    if state is not None:
        run.restore(state)
    routine = train(config, run)
    try:
        while True:
            event = next(routine)
            if isinstance(event, Step):
                run.count(event.samples, event.values)
                if run.at.step == stop and run.can_save:
                    return None, copy.deepcopy(run.state())
    except StopIteration as end:
        return end.value, run.state()
