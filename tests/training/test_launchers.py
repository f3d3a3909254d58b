"""Processes that torchrun began, and sweeps."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dltutor.chapter import Chapter
from dltutor.errors import UsageError
from dltutor.measure import mean_interval
from dltutor.runs import follow, sweep
from dltutor.runs.folder import RunFolder, list_runs

Trained = Callable[..., tuple[RunFolder, list[dict[str, Any]]]]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.mark.slow
def test_two_nodes_of_torchrun(trained: Trained, home: Path) -> None:
    settings = ["epochs=2", "samples=1003", "dropout=0", "noise=0"]
    _, one = trained(*settings)
    port = free_port()
    nodes = [
        subprocess.Popen(
            [
                sys.executable, "-m", "torch.distributed.run", "--nnodes", "2", "--nproc-per-node", "1",
                "--node-rank", str(rank), "--master-addr", "127.0.0.1", "--master-port", str(port),
                "-m", "dltutor", "run", "tiny", "--device", "cpu", "--json",
                *[word for s in settings for word in ("--set", s)],
            ],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "DLTUTOR_HOME": str(home)},
        )
        for rank in range(2)
    ]  # fmt: skip
    outputs = [node.communicate(timeout=240) for node in nodes]
    assert [node.returncode for node in nodes] == [0, 0], outputs
    events = [json.loads(line) for line in outputs[0][0].splitlines()]
    assert outputs[1][0] == ""
    assert events[0]["processes"] == 2
    assert events[-1]["event"] == "finished"
    losses = [
        [e["values"]["train_loss"] for e in es if e["event"] == "metrics"] for es in (one, events)
    ]
    assert losses[1] == pytest.approx(losses[0], rel=1e-4)
    assert len(list_runs("tiny")) == 2


@pytest.mark.slow
def test_a_sweep_on_ray(tiny: Chapter) -> None:
    pytest.importorskip("ray", reason="ray is not installed: pip install 'dltutor[ray]'")
    planned = sweep.plan(tiny, ["hidden=8,16"], settings=["epochs=1"])
    ended: list[int] = []
    sweep.train(planned, jobs=2, engine="ray", report=lambda place, _: ended.append(place))
    assert sorted(ended) == [0, 1]
    assert all(metrics["test_accuracy"] > 0.4 for _, _, metrics in sweep.results(planned))


def test_a_grid_is_checked_and_complete(tiny: Chapter) -> None:
    combinations = sweep.grid(tiny, ["lr=1e-3,1e-2", "hidden=8,16,8"])
    assert combinations == [
        {"lr": lr, "hidden": hidden} for lr in (1e-3, 1e-2) for hidden in (8, 16)
    ]
    for axes, words in (
        ([], "at least one"), (["lr"], "names no values"), (["lr=x"], "not a number"),
        (["rate=1"], "no key 'rate'"), (["lr=1", "lr=2"], "twice"),
        (["seed=1,-1"], "no seed"), (["seed=0,x"], "no seed"),
    ):  # fmt: skip
        with pytest.raises(UsageError, match=words):
            sweep.grid(tiny, axes)


def test_a_sweep_goes_on_where_it_was(tiny: Chapter) -> None:
    planned = sweep.plan(tiny, ["hidden=8,16,32"], settings=["epochs=1"])
    ended: list[int] = []

    def interrupt(place: int, run: RunFolder) -> None:
        ended.append(place)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep.train(planned, jobs=1, engine="local", report=interrupt)
    assert len(ended) == 1
    sweep.train(
        sweep.load(planned.name),
        jobs=2,
        engine="local",
        report=lambda place, _: ended.append(place),
    )
    assert sorted(ended) == [0, 1, 2]
    rows = list(sweep.results(planned))
    assert [settings["hidden"] for settings, _, _ in rows] == [8, 16, 32]
    assert all(metrics["test_accuracy"] > 0.4 for _, _, metrics in rows)
    assert len(list_runs("tiny")) == 3
    assert follow.summarise(list_runs("tiny")[0]).curves["val_accuracy"].values
    with pytest.raises(UsageError, match="sweep-0001"):
        sweep.load("nothing")


def test_seeds_are_an_axis_and_settings_are_compared_over_them(
    tiny: Chapter, dltutor: Callable[..., Any]
) -> None:
    asked = ["--grid", "hidden=2,16", "--grid", "seed=0,1,2", "--set", "epochs=1"]
    said = json.loads(dltutor("sweep", tiny.id, *asked, "--json").out)
    by_hand = {
        hidden: [
            r["metrics"]["test_accuracy"] for r in said["runs"] if r["settings"]["hidden"] == hidden
        ]
        for hidden in (2, 16)
    }
    assert [r["settings"]["seed"] for r in said["runs"]] == [0, 1, 2, 0, 1, 2]
    assert len(set(by_hand[2])) > 1
    small, large = said["seeds"]
    assert (small["settings"], small["seeds"], small["gains"]) == ({"hidden": 2}, [0, 1, 2], {})
    assert large["means"]["test_accuracy"] == pytest.approx(mean_interval(by_hand[16]))
    gains = [b - a for a, b in zip(by_hand[2], by_hand[16], strict=True)]
    assert large["gains"]["test_accuracy"] == pytest.approx(mean_interval(gains))
    table = dltutor("sweep", "--resume", said["sweep"]).out
    assert "Over the seeds: mean ± half of the 95 % interval" in table
    assert f"{large['gains']['test_accuracy'][0]:+.4g} ± " in table
    assert len(list_runs(tiny.id)) == 6
