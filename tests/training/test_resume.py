"""A run that was stopped, killed or damaged goes on as if nothing had happened."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dltutor.chapter import Chapter
from dltutor.errors import TutorError
from dltutor.runs import follow, launch
from dltutor.runs.folder import RunFolder
from dltutor.training import checkpoint

SETTINGS = ("epochs=5", "samples=2000", "sleep=0.004")
Trained = Callable[..., tuple[RunFolder, list[dict[str, Any]]]]


def of(events: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [e for e in events if e["event"] == kind]


def weights(run: RunFolder) -> list[np.ndarray]:
    models = checkpoint.read(run.best)["models"]
    return [tensor.numpy() for model in models.values() for tensor in model.values()]


def same(one: RunFolder, other: RunFolder) -> bool:
    pairs = zip(weights(one), weights(other), strict=True)
    return all(np.array_equal(a, b) for a, b in pairs)


def plan(tiny: Chapter, **options: Any) -> Any:
    return launch.plan(tiny, settings=SETTINGS, **{"seed": 3, "save_every": 0.0, **options})


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_twenty_kills_change_nothing(tiny: Chapter) -> None:
    long = launch.plan(tiny, settings=["epochs=20", *SETTINGS[1:]], seed=3, save_every=0.0)
    whole = launch.start(tiny, long)
    follow.to_end(whole)
    run = launch.start(tiny, long)
    standby = launch.Standby()
    dice = random.Random(5)
    kills = 0
    try:
        while kills < 20:
            seen = run.events()[1] if kills else 0
            patience = None
            for _ in follow.follow(run, after=seen, pause=0.005):
                if patience is None and run.events(seen)[0]:
                    patience = time.monotonic() + dice.uniform(0.0, 0.15)
                if patience is not None and time.monotonic() > patience:
                    break
            else:
                break
            launch.kill(run)
            if run.state() == "finished":
                break
            kills += 1
            assert run.state() == "vanished"
            for folder in checkpoint.kept(run.checkpoints):
                checkpoint.read(folder)  # raises if it is torn
            launch.resume(run, standby)
            standby = launch.Standby()
        follow.to_end(run)
    finally:
        standby.close()
    assert kills == 20
    assert run.state() == "finished"
    assert same(whole, run)
    assert whole.result()["metrics"]["test_accuracy"] == run.result()["metrics"]["test_accuracy"]  # type: ignore[index]


def test_a_stopped_run_goes_on_bit_for_bit(tiny: Chapter) -> None:
    whole = launch.start(tiny, plan(tiny))
    run = launch.start(tiny, plan(tiny, save_every=1000.0))
    for event in follow.follow(run):
        if event and event["event"] == "progress" and event["step"] > 70:
            break
    assert launch.stop(run)
    assert run.state() == "stopped"
    stopped_at = run.result()["step"]  # type: ignore[index]
    launch.resume(run)
    events = follow.to_end(run)
    follow.to_end(whole)
    assert of(events, "resumed")[0]["step"] == stopped_at
    assert of(events, "saved")
    assert same(whole, run)
    means = [
        [e["values"]["train_loss"] for e in of(follow.to_end(r), "metrics")] for r in (whole, run)
    ]
    assert means[0] == means[1]


def test_a_damaged_checkpoint_is_named_and_the_one_before_used(tiny: Chapter) -> None:
    whole = launch.start(tiny, plan(tiny))
    run = launch.start(tiny, plan(tiny))
    for _ in follow.follow(run):
        if len(checkpoint.kept(run.checkpoints)) == 2:
            launch.kill(run)
            break
    newest, before = checkpoint.kept(run.checkpoints)
    file = newest
    data = bytearray(file.read_bytes())
    data[-3] ^= 0xFF
    file.write_bytes(data)
    launch.resume(run)
    events = follow.to_end(run)
    assert any(newest.stem in e["text"] and "damaged" in e["text"] for e in of(events, "warning"))
    assert of(events, "resumed")[0]["checkpoint"] == before.stem
    follow.to_end(whole)
    assert same(whole, run)


def test_one_process_at_a_time(tiny: Chapter, capfd: pytest.CaptureFixture[str]) -> None:
    long = launch.plan(tiny, settings=["epochs=1000", "sleep=0.01"])
    run = launch.start(tiny, long)
    for event in follow.follow(run):
        if event and event["event"] == "progress":
            break
    with pytest.raises(TutorError, match="is at work"):
        launch.resume(run)
    second = launch.spawn([str(run.path)])
    assert second.wait() == 1
    assert "another process works on run" in capfd.readouterr().err
    assert launch.stop(run)


def test_a_finished_run_is_not_resumed(trained: Trained) -> None:
    run, _ = trained("epochs=1")
    with pytest.raises(TutorError, match="has finished"):
        launch.resume(run)


def test_checkpoints_hold_every_kind_of_value(tmp_path: Path) -> None:
    import torch

    weight = torch.randn(3, 4, 2, 2).to(memory_format=torch.channels_last)
    state = {
        "tied": [weight, weight],
        "numbers": {1: 2.5, "inf": float("inf"), "$odd": None},
        "tuple": (1, (True, "x")),
        "array": np.arange(5, dtype=np.int64),
        "empty": torch.zeros(0),
    }
    checkpoint.write(tmp_path / "1.safetensors", state)
    back = checkpoint.read(tmp_path / "1.safetensors")
    assert torch.equal(back["tied"][0], weight)
    assert torch.equal(back["tied"][1], weight)
    assert back["numbers"] == state["numbers"]
    assert back["tuple"] == state["tuple"]
    assert np.array_equal(back["array"], np.arange(5))
    assert back["empty"].shape == (0,)
    with pytest.raises(TypeError, match="can not be kept"):
        checkpoint.write(tmp_path / "2.safetensors", {"x": object()})
    assert not (tmp_path / "2.safetensors").exists()
