"""Processes that torchrun or SLURM began, and sweeps."""

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
from dltutor.runs import follow, launch, sweep
from dltutor.runs.folder import RunFolder, find_run, list_runs

Trained = Callable[..., tuple[RunFolder, list[dict[str, Any]]]]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def losses(events: list[dict[str, Any]]) -> list[float]:
    return [e["values"]["train_loss"] for e in events if e["event"] == "metrics"]


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
    assert losses(events) == pytest.approx(losses(one), rel=1e-4)
    assert len(list_runs("tiny")) == 2


@pytest.mark.slow
def test_a_run_of_torchrun_is_resumed_by_torchrun(trained: Trained, home: Path) -> None:
    settings = ["epochs=3", "samples=1003", "dropout=0", "noise=0", "sleep=0.03"]
    _, one = trained(*settings)

    def begin(processes: int, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [
                sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node",
                str(processes), "-m", "dltutor", "run", *words, "--json",
            ],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "DLTUTOR_HOME": str(home)},
        )  # fmt: skip

    first = begin(2, "tiny", "--device", "cpu", *[w for s in settings for w in ("--set", s)])
    assert first.stdout is not None
    seen = []
    for line in first.stdout:
        seen.append(json.loads(line))
        run = find_run(seen[0]["run"])
        if seen[-1]["event"] == "metrics":
            run.stop_file.touch()
    first.communicate(timeout=240)
    assert (seen[-1]["event"], run.state()) == ("stopped", "stopped")
    # as many processes as before, or a line that says so
    fewer = begin(1, "--resume", run.id)
    assert "was trained by 2 processes, and 1 were begun" in fewer.communicate(timeout=240)[1]
    second = begin(2, "--resume", run.id)
    output, errors = second.communicate(timeout=240)
    assert second.returncode == 0, errors
    assert json.loads(output.splitlines()[-1])["event"] == "finished"
    events = follow.to_end(run)
    assert losses(events) == pytest.approx(losses(one), rel=1e-4)
    assert [e["event"] for e in events].count("resumed") == 1
    # one that has finished has nothing left to do
    third = begin(2, "--resume", run.id)
    assert "has finished" in third.communicate(timeout=240)[1]
    assert third.returncode != 0


def slurm() -> bool:
    """Whether jobs can be run here."""
    try:
        asked = subprocess.run(["sinfo", "-h", "-t", "idle,mixed"], capture_output=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0 and bool(asked.stdout.strip())


@pytest.mark.slow
@pytest.mark.parametrize("count", [["-n", "2"], ["-N", "1", "--ntasks-per-node=2"]], ids=["n", "N"])
def test_two_processes_of_slurm(trained: Trained, home: Path, count: list[str]) -> None:
    if not slurm():
        pytest.skip("no SLURM here that takes jobs (sinfo)")
    settings = ["epochs=2", "samples=1003", "dropout=0", "noise=0"]
    _, one = trained(*settings)
    done = subprocess.run(
        ["srun", *count, sys.executable, "-m", "dltutor", "run", "tiny", "--device", "cpu", "--json",
         *[word for s in settings for word in ("--set", s)]],
        capture_output=True, text=True, env={**os.environ, "DLTUTOR_HOME": str(home)}, timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert events[0]["processes"] == 2
    assert events[-1]["event"] == "finished"
    assert losses(events) == pytest.approx(losses(one), rel=1e-4)
    assert len(list_runs("tiny")) == 2


def test_what_slurm_says_of_its_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"PROCID": "0", "NTASKS": "6", "NNODES": "2"}.items():
        monkeypatch.setenv(f"SLURM_{name}", value)
    monkeypatch.setenv("SLURM_NTASKS_PER_NODE", "")  # so that it is taken back afterwards
    monkeypatch.delenv("SLURM_NTASKS_PER_NODE")
    assert launch.processes_begun_by_others() == (3, 2)
    assert os.environ["SLURM_NTASKS_PER_NODE"] == "3"
    monkeypatch.setenv("SLURM_NTASKS", "5")
    with pytest.raises(UsageError, match="5 processes on 2 machines"):
        launch.processes_begun_by_others()


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
