"""Training, runs, predictions, models and demos through the public commands."""

from __future__ import annotations

import csv
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., Any]
QUICK = ("--data", "builtin", "--set", "epochs=2")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A runs folder with two finished runs of chapter 3, made once."""
    import os
    import subprocess

    folder = tmp_path_factory.mktemp("runs")
    for lr in ("0.003", "0.01"):
        subprocess.run(
            [sys.executable, "-m", "dltutor", "run", "3", *QUICK, "--set", f"lr={lr}"],
            env={**os.environ, "DLTUTOR_RUNS": str(folder), "DLTUTOR_HOME": str(folder / ".home")},
            check=True, capture_output=True,
        )  # fmt: skip
    return folder


@pytest.fixture
def with_runs(trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "runs"
    shutil.copytree(trained, folder)
    monkeypatch.setenv("DLTUTOR_RUNS", str(folder))
    return folder


def metrics(line: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in line.split(' data="')[0].split())


def test_plain_output_ends_with_the_metrics(dltutor: Command) -> None:
    done = dltutor("run", "chapter3", *QUICK)
    assert done.code == 0, done.err
    first, *_, last = done.out.splitlines()
    assert "scikit-learn's digits" in first
    assert "no usable CUDA device" in first or "cuda" in first
    found = metrics(last)
    assert 0.3 < float(found["test_accuracy"]) <= 1
    assert float(found["samples_per_second"]) > 0
    assert "baseline_nearest_mean" in found
    assert last.endswith('enlarged to 28 x 28"')


def test_json_output_is_the_events(dltutor: Command) -> None:
    done = dltutor("run", "mlp", *QUICK, "--json")
    events = [json.loads(line) for line in done.out.splitlines()]
    assert [events[0]["event"], events[-1]["event"]] == ["started", "finished"]
    assert events[-1]["metrics"]["test_accuracy"] > 0.3
    assert done.err == ""


def test_chinese(dltutor: Command) -> None:
    done = dltutor("--lang", "zh", "run", "3", *QUICK)
    assert "轮次 2" in done.out
    assert "手写数字" in done.out


def test_a_detached_run_is_followed(dltutor: Command) -> None:
    done = dltutor("run", "3", *QUICK, "--detach")
    name = done.out.strip()
    assert name == "3-0001"
    followed = dltutor("runs", "follow", name)
    assert followed.code == 0
    assert metrics(followed.out.splitlines()[-1])["test_accuracy"]


def test_a_live_display_on_a_terminal(terminal: Callable[..., Any]) -> None:
    shown = terminal("run", "3", "--data", "builtin", "--set", "epochs=40", columns=90, rows=30)
    assert shown.finish(120) == 0
    assert "┤" in shown.text
    assert "test_accuracy=" in shown.text
    assert b"\x1b[?25h" in shown.raw  # the cursor is back


def test_runs_are_listed_shown_and_compared(dltutor: Command, with_runs: Path) -> None:
    listed = json.loads(dltutor("runs", "list", "--json").out)
    assert [r["run"] for r in listed] == ["3-0001", "3-0002"]
    assert {r["state"] for r in listed} == {"finished"}
    words = dltutor("runs", "list").out
    assert "✓ finished" in words
    shown = dltutor("runs", "show", "3-0001").out
    for part in ("lr=0.003", "seed 0", "command: dltutor", "torch"):
        assert part in shown
    plotted = dltutor("runs", "plot", "last", "-m", "loss", "-m", "val_loss").out
    assert "loss" in plotted
    assert "┤" in plotted
    described = dltutor("runs", "plot", "last", "-m", "loss", "--plain").out
    assert "┤" not in described
    assert "loss" in described
    compared = json.loads(dltutor("runs", "compare", "3-0001", "3-0002", "--json").out)
    assert [c["settings"] for c in compared] == [{"lr": 0.003}, {"lr": 0.01}]
    assert "lr" in dltutor("runs", "compare", "3-0001", "3-0002").out


def test_runs_are_exported(dltutor: Command, with_runs: Path, tmp_path: Path) -> None:
    assert dltutor("runs", "export", "last", "--to", tmp_path / "run.csv").code == 0
    with (tmp_path / "run.csv").open(newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert {r["kind"] for r in rows} == {"progress", "metrics"}
    assert all(float(r["loss"]) > 0 for r in rows if r["kind"] == "progress")
    assert dltutor("runs", "export", "last", "--to", tmp_path / "run.json").code == 0
    assert json.loads((tmp_path / "run.json").read_text())["spec"]["chapter"] == "chapter3"
    assert dltutor("runs", "export", "last", "--to", tmp_path / "run.txt").code == 2
    reader = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    assert dltutor("runs", "export", "last", "--to", tmp_path / "tb").code == 0
    found = reader.EventAccumulator(str(tmp_path / "tb")).Reload()
    values = [e.value for e in found.Scalars("val_accuracy")]
    expected = [float(r["val_accuracy"]) for r in rows if r["kind"] == "metrics"]
    assert values == pytest.approx(expected, rel=1e-6)


def test_runs_are_removed_only_with_a_yes(dltutor: Command, with_runs: Path) -> None:
    assert dltutor("runs", "remove", "3-0001").code == 2
    assert (with_runs / "3-0001").is_dir()
    assert dltutor("runs", "remove", "3-0001", "--yes").code == 0
    assert not (with_runs / "3-0001").exists()
    done = dltutor("runs", "show", "3-0001")
    assert done.code == 2
    assert "3-0002" in done.err


def test_predictions_of_files_folders_and_other_things(
    dltutor: Command, with_runs: Path, tmp_path: Path
) -> None:
    from PIL import Image, ImageDraw

    folder = tmp_path / "digits"
    folder.mkdir()
    for mode in ("L", "RGB", "RGBA", "P", "1", "I;16"):
        picture = Image.new("L", (90, 120), 255)
        ImageDraw.Draw(picture).line([(45, 20), (45, 100)], fill=0, width=9)
        wide = picture.point(lambda v: v * 257, "I") if mode == "I;16" else picture
        wide.convert(mode).save(folder / f"{mode.replace(';', '')}.png")
    done = dltutor("predict", "3", folder, "--json", "--out", tmp_path / "seen")
    assert done.code == 0, done.err
    rows = [json.loads(line) for line in done.out.splitlines()]
    assert len(rows) == 6
    # what the model saw, as files
    kept = [Path(row["picture"]) for row in rows]
    assert kept == sorted((tmp_path / "seen").iterdir())
    assert all(Image.open(file).size == (28, 28) for file in kept)
    for row in rows:
        assert sum(row["probabilities"].values()) == pytest.approx(1, abs=1e-3)
        assert row["label"] == max(row["probabilities"], key=row["probabilities"].get)
    assert len({row["label"] for row in rows}) == 1  # the mode of a picture changes nothing
    (tmp_path / "no.png").write_text("no picture")
    for wrong in (tmp_path / "no.png", tmp_path / "absent.png"):
        done = dltutor("predict", "3", wrong)
        assert done.code in (1, 2)
        assert wrong.name in done.err
        assert len(done.err.splitlines()) == 1


def test_predicting_needs_a_run(dltutor: Command) -> None:
    done = dltutor("predict", "3", "x.png")
    assert done.code == 2
    assert "dltutor run chapter3" in done.err


def test_the_model_as_a_table_and_as_files(
    dltutor: Command, with_runs: Path, tmp_path: Path
) -> None:
    table = json.loads(dltutor("model", "3", "--json").out)
    assert table["parameters"] == 784 * 312 + 312 + 312 * 256 + 256 + 256 * 10 + 10
    assert sum(r["parameters"] for r in table["rows"]) == table["parameters"]
    assert f"{table['parameters']:,}" in dltutor("model", "3").out
    assert "Linear" in dltutor("model", "3", "--printed").out
    import torch

    done = dltutor("model", "3", "--export", tmp_path / "mlp.pt2", "--run", "last")
    assert done.code == 0, done.err
    program = torch.export.load(tmp_path / "mlp.pt2").module()
    x = torch.rand(5, 1, 28, 28)
    expected = program(x)
    assert expected.shape == (5, 10)
    onnx = pytest.importorskip("onnx")
    from onnx.reference import ReferenceEvaluator

    done = dltutor("model", "3", "--export", tmp_path / "mlp.onnx", "--run", "last")
    assert done.code == 0, done.err
    graph = onnx.load(tmp_path / "mlp.onnx")
    onnx.checker.check_model(graph)
    (got,) = ReferenceEvaluator(graph).run(None, {"input": x.numpy()})
    assert torch.allclose(torch.from_numpy(got), expected, atol=1e-4)
    assert dltutor("model", "3", "--export", tmp_path / "mlp.bin").code == 2


def test_demos_in_every_form(dltutor: Command, with_runs: Path) -> None:
    listed = dltutor("demo", "3", "--list").out
    assert "digit" in listed
    assert "softmax" in listed
    drawn = dltutor("demo", "3", "digit", "--set", "sample=3")
    assert drawn.code == 0, drawn.err
    shown = json.loads(dltutor("demo", "3", "digit", "--set", "sample=3", "--json").out)
    chart = next(v for v in shown if v["view"] == "chart")
    assert sum(chart["series"][0]["y"]) == pytest.approx(1, abs=1e-3)
    assert dltutor("demo", "3", "digit", "--set", "sample=3", "--plain").out.strip()
    assert "your own run" in drawn.out
    without = dltutor("demo", "3", "digit", "--run", "none")
    assert without.code == 0, without.err
    assert "your own run" not in without.out
    for wrong in (("nothing",), ("digit", "--set", "samples=3"), ("digit", "--set", "sample=-3")):
        done = dltutor("demo", "3", *wrong)
        assert done.code == 2
        assert len(done.err.splitlines()) == 1
