"""What the engine does around a routine: events, faults, memory, precision, processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from dltutor.chapter import Chapter
from dltutor.errors import UsageError
from dltutor.runs import follow, launch
from dltutor.runs.export import measurements
from dltutor.runs.folder import RunFolder, find_run, list_runs
from dltutor.training import batches, checkpoint

Trained = Callable[..., tuple[RunFolder, list[dict[str, Any]]]]


def of(events: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [e for e in events if e["event"] == kind]


def test_the_steps_to_come_are_counted_from_the_stage_at_hand(trained: Trained) -> None:
    """A stage of two epochs of 16 steps, then one of three epochs of 32."""
    _, events = trained("first=2", "epochs=3", "sleep=0.01")
    told = [(e["epoch"], e["step"], e["steps"]) for e in of(events, "progress")]
    assert {steps for epoch, _, steps in told if epoch < 2} == {32}
    assert {steps for epoch, _, steps in told if epoch >= 2} == {2 * 16 + 3 * 32}
    assert told[-1][1] == told[-1][2] == of(events, "finished")[0]["steps"]


def test_events_tell_the_whole_run(trained: Trained) -> None:
    run, events = trained("epochs=3")
    kinds = [e["event"] for e in events]
    assert kinds[0] == "started"
    assert kinds[-1] == "finished"
    assert kinds.count("metrics") == kinds.count("picture") == 3
    started, finished = events[0], events[-1]
    assert started["device"] == "cpu"
    assert started["device_reason"]
    assert started["config"]["epochs"] == 3
    assert {"python", "torch", "dltutor"} <= started["versions"].keys()
    assert finished["steps"] == 3 * 32
    assert finished["metrics"]["test_accuracy"] > 0.6
    assert finished["metrics"]["samples_per_second"] > 0
    assert finished["parameters"] == 16 * 32 + 32 + 32 * 2 + 2
    assert sum(finished["time_split"].values()) == pytest.approx(1, abs=0.01)
    assert any("3 of 3 test samples" in e["text"] for e in of(events, "warning"))
    progress = of(events, "progress")
    assert {"loss", "lr"} <= progress[0]["values"].keys()
    assert any("gradient_norm" in e["values"] for e in progress)
    assert progress[-1]["steps"] == 96
    # the first report has nothing to count with; the last one comes with the last step
    assert progress[0]["seconds_left"] is None
    assert progress[-1]["seconds_left"] == 0
    steps = [e["step"] for e in events]
    assert steps == sorted(steps)
    assert run.state() == "finished"
    assert checkpoint.read(run.best)["extra"] == {"classes": ["no", "yes"]}
    assert not checkpoint.kept(run.checkpoints)


def test_the_same_seed_gives_the_same_numbers(trained: Trained) -> None:
    losses = [
        [e["values"]["train_loss"] for e in of(trained("epochs=2", seed=s)[1], "metrics")]
        for s in (7, 7, 8)
    ]
    assert losses[0] == losses[1] != losses[2]


def test_memory_that_runs_out_halves_the_pieces(trained: Trained) -> None:
    _, plain = trained("epochs=2", "dropout=0", "noise=0")
    run, events = trained("epochs=2", "dropout=0", "noise=0", "oom_above=10")
    assert [e["micro_batches"] for e in of(events, "warning") if "micro_batches" in e] == [2, 4]
    assert run.spec.micro_batches == 4
    # the effective batch is the same, so the curve is too, within float32
    for a, b in zip(of(plain, "metrics"), of(events, "metrics"), strict=True):
        assert a["values"]["train_loss"] == pytest.approx(b["values"]["train_loss"], rel=1e-4)
    assert of(events, "finished")[0]["steps"] == of(plain, "finished")[0]["steps"]


def test_a_loss_that_is_no_number_ends_the_run(trained: Trained) -> None:
    run, events = trained("fault=nan", "sleep=0.01", save_every=0.0)
    assert run.state() == "failed"
    assert "loss is nan" in events[-1]["message"]
    assert "last good checkpoint" in events[-1]["hint"]
    for folder in checkpoint.kept(run.checkpoints):
        for tensor in checkpoint.read(folder)["states"]["model0"].values():
            assert np.isfinite(tensor.numpy()).all()


def test_faults_of_a_chapter_are_one_line(trained: Trained) -> None:
    run, events = trained("fault=raise")
    assert events[-1]["message"] == "RuntimeError: a chapter's own fault"
    assert "worker.log" in events[-1]["hint"]
    assert "Traceback" in run.log_file.read_text()
    _, events = trained("fault=data")
    assert (events[-1]["message"], events[-1]["hint"]) == ("the data are gone", "bring them back")


def test_convolutions_in_bfloat16(trained: Trained) -> None:
    _, events = trained("conv=true", "epochs=3", precision="bf16")
    assert events[0]["precision"] == "bf16-mixed"
    assert events[-1]["metrics"]["test_accuracy"] > 0.6


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"preset": "fast"}, "no preset 'fast'"),
        ({"settings": ["epochs=0"]}, "epochs=0 is out of range"),
        ({"settings": ["epochs=two"]}, "not a whole number"),
        ({"settings": ["lr=nan"]}, "out of range"),
        ({"settings": ["epoch=3"]}, "no key 'epoch'"),
        ({"settings": ["epochs"]}, "has no '='"),
        ({"settings": ["fault=some"]}, "not one of the choices"),
        ({"device": "tpu"}, "--device 'tpu'"),
        ({"precision": "8"}, "--precision '8'"),
        ({"devices": 0}, "--devices 0"),
    ],
)
def test_wrong_questions_are_refused_before_anything_starts(
    tiny: Chapter, options: dict[str, Any], words: str
) -> None:
    with pytest.raises(UsageError, match=words.replace("(", r"\(")):
        launch.plan(tiny, **options)
    assert list_runs() == []


@pytest.mark.slow
def test_two_processes_give_the_curve_of_one(trained: Trained) -> None:
    # 1,003 samples: neither the set nor the last batch divides by two
    settings = ("epochs=3", "samples=1003", "dropout=0", "noise=0")
    _, one = trained(*settings)
    run, two = trained(*settings, devices=2)
    assert two[0]["processes"] == 2
    assert run.state() == "finished", run.log_file.read_text()[-2000:]
    for a, b in zip(of(one, "metrics"), of(two, "metrics"), strict=True):
        assert a["values"]["train_loss"] == pytest.approx(b["values"]["train_loss"], rel=1e-4)
        assert a["values"]["val_accuracy"] == pytest.approx(b["values"]["val_accuracy"], abs=2e-3)
    assert len(of(two, "finished")) == 1


@pytest.mark.parametrize(
    ("count", "size", "world", "micro"), [(10, 4, 1, 1), (11, 4, 2, 1), (9, 8, 3, 2), (5, 4, 4, 3)]
)
def test_pieces_cover_every_sample_and_weigh_one(
    count: int, size: int, world: int, micro: int
) -> None:
    plan = batches.order(count, size, seed=1, epoch=2, loop=0, shuffle=True)
    assert sorted(int(i) for b in plan for i in b) == list(range(count))
    for batch in plan:
        per_rank = [
            list(batches.pieces(batch, rank=r, world=world, micro=micro)) for r in range(world)
        ]
        assert len({len(p) for p in per_rank}) == 1 or world == 1
        counted = [int(i) for ps in per_rank for p in ps if p.samples for i in p.index]
        assert sorted(counted) == sorted(batch.tolist())
        # the mean over processes of the sums over pieces is the mean over the batch
        assert sum(p.weight for ps in per_rank for p in ps) / world == pytest.approx(1)
        for ps in per_rank:
            assert [p.first for p in ps] == [True] + [False] * (len(ps) - 1)
            assert [p.last for p in ps] == [False] * (len(ps) - 1) + [True]


def test_lengths_put_like_with_like() -> None:
    lengths = [int(n) for n in np.random.default_rng(0).integers(1, 60, 1000)]
    plan = batches.order(1000, 50, seed=0, epoch=0, loop=0, shuffle=True, lengths=lengths)
    assert sorted(int(i) for b in plan for i in b) == list(range(1000))
    padded = sum(max(lengths[int(i)] for i in b) * len(b) for b in plan)
    assert padded < 1.15 * sum(lengths)


def test_a_resumed_step_takes_back_what_came_after(tiny: Chapter, trained: Trained) -> None:
    run, _ = trained("epochs=1")
    lines = [
        {
            "event": "resumed",
            "step": 10,
            "epoch": 0,
            "seconds": 1.0,
            "time": "2026-01-01T00:00:00+00:00",
        },
        {
            "event": "progress",
            "step": 11,
            "epoch": 0,
            "seconds": 1.1,
            "values": {"loss": 9.0},
            "time": "2026-01-01T00:00:00+00:00",
        },
    ]
    with run.events_file.open("a") as handle:
        handle.write('{"event": "progress", "ste')  # a torn line
        handle.write("\n" + "".join(json.dumps(line) + "\n" for line in lines))
    curve = follow.summarise(run).curves["loss"]
    assert curve.steps[-1] == 11
    assert max(curve.steps[:-1]) <= 10
    rows = list(measurements(run))
    assert [r["step"] for r in rows][-1] == 11
    assert all(r["step"] <= 10 for r in rows[:-1])


def test_a_near_miss_names_the_run(trained: Trained) -> None:
    run, _ = trained("epochs=1")
    assert find_run("last").path == run.path
    with pytest.raises(UsageError, match="tiny-0001"):
        find_run("tiny-001")


def test_standby_takes_a_run(tiny: Chapter) -> None:
    standby = launch.Standby()
    run = launch.start(tiny, launch.plan(tiny, settings=["epochs=1"]), standby)
    assert follow.to_end(run)[-1]["event"] == "finished"
    unused = launch.Standby()
    unused.close()


def test_how_busy_a_gpu_is(monkeypatch: pytest.MonkeyPatch) -> None:
    from dltutor.training.engine import busy

    assert busy(torch.device("cpu")) is None
    monkeypatch.setattr(torch.cuda, "utilization", lambda _: 87)
    assert busy(torch.device("cuda", 0)) == 0.87

    def none(_: object) -> int:
        raise RuntimeError("NVML says nothing")

    monkeypatch.setattr(torch.cuda, "utilization", none)
    assert busy(torch.device("cuda", 0)) is None


def test_the_screen_of_a_run_says_how_busy_the_gpu_is(trained: Trained) -> None:
    from dltutor.tui.follower import Follower

    run, events = trained("epochs=1")
    seen = next(e for e in events if e["event"] == "progress")
    follower = Follower(run)
    follower.summary.add({**events[0], "device": "cuda:0"})
    follower.summary.add({**seen, "gpu_busy": 0.87})
    assert ("GPU busy", "87%") in follower._figures("running")


@pytest.mark.skipif(not hasattr(os, "getpriority"), reason="this system has no nice")
def test_a_run_in_the_background_gives_way(tiny: Chapter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3")  # some begin while NumPy is being imported
    plan = launch.plan(tiny, settings=["epochs=100", "sleep=0.05"])
    mine = os.getpriority(os.PRIO_PROCESS, 0)
    for gently, wanted in ((False, mine), (True, max(mine, 10))):
        run = launch.start(tiny, plan, gently=gently)
        deadline = time.monotonic() + 60
        while not run.events()[1]:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        pid = int((run.path / "pid").read_text(encoding="utf-8"))
        threads = [int(task.name) for task in Path(f"/proc/{pid}/task").glob("*")] or [pid]
        found = [os.getpriority(os.PRIO_PROCESS, thread) for thread in threads]
        launch.stop(run)
        assert set(found) == {wanted}


ASKS = """
import ctypes, pathlib, sys, torch
from lightning_fabric import Fabric
from dltutor.data.roots import DataChoice
from dltutor.runs.spec import RunSpec
from dltutor.training.run import Run

spec = RunSpec(chapter="x", preset="", config={}, data={}, created="", versions={})
run = Run(spec, Fabric(accelerator="cpu", devices=1), pathlib.Path("."), DataChoice("builtin", None, ""))
weight = torch.nn.Linear(2, 1)
model, optimiser = run.setup(weight, torch.optim.AdamW(weight.parameters()))
loads = []
load = ctypes.CDLL.__init__
ctypes.CDLL.__init__ = lambda self, name, *rest, **more: (loads.append(name), load(self, name, *rest, **more))[1]
for _ in range(3):
    model(torch.ones(1, 2)).sum().backward()
    optimiser.step()
print(loads)
"""


def test_no_step_on_a_cpu_loads_the_library_of_graphics_cards() -> None:
    """Fabric has torch ask NVML whether there is CUDA, and an optimiser asks at every step."""
    done = subprocess.run(
        [sys.executable, "-c", ASKS], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.strip() == "[]"
