"""Chapter 1: its data, methods, stopwatch, training with and without a compiler, and demos."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from tests.chapters.runs import RunHome

from dltutor import views
from dltutor.data.roots import DataChoice
from dltutor.errors import DataError
from dltutor_plugins.chapter01_intro import data, graphs, methods, show, timeline, ways
from dltutor_plugins.chapter01_intro.config import Config
from dltutor_plugins.chapter01_intro.model import Network, for_table, gelu
from dltutor_plugins.chapter01_intro.predict import predict
from dltutor_plugins.chapter01_intro.stopwatch import Stopwatch
from dltutor_plugins.chapter01_intro.train import evaluate

BUILTIN = DataChoice("builtin", None, "builtin")


@pytest.fixture(scope="module")
def digits() -> data.Sets:
    return data.load(BUILTIN)


# --- data, model, methods


def test_the_sets_are_tensors_of_pictures_and_labels(digits: data.Sets) -> None:
    assert [len(part.y) for part in digits[:3]] == [1169, 269, 359]
    for part in digits[:3]:
        assert part.x.dtype == torch.uint8
        assert part.x.shape[1:] == (1, 28, 28)
        assert part.y.dtype == torch.int64
    assert data.prepare(torch.tensor([0, 51, 255])).tolist() == pytest.approx([0, 0.2, 1])


@given(st.integers(1, 50), st.integers(2, 60))
def test_only_whole_batches_are_kept(count: int, batch_size: int) -> None:
    part = data.Part(torch.arange(count)[:, None], torch.arange(count))
    kept, size = data.whole_batches(part, batch_size)
    assert size == min(batch_size, count)
    assert len(kept.y) % size == 0
    assert 0 <= count - len(kept.y) < size
    assert torch.equal(kept.x[:, 0], kept.y)


def test_shapes_and_parameters_of_the_network() -> None:
    model, example = for_table(Config())
    assert model(example).shape == (1, 10)
    assert sum(p.numel() for p in model.parameters()) == 335_114
    assert Network(8, 1, 3)(torch.rand(5, 1, 28, 28)).shape == (5, 3)
    wide = Config(width=8, blocks=3)
    assert for_table(wide)[0](example).shape == (1, 10)


def test_gelu_is_torchs_tanh_formula() -> None:
    x = torch.linspace(-6, 6, 101, dtype=torch.float64, requires_grad=True)
    known = torch.nn.functional.gelu(x, approximate="tanh")
    assert torch.allclose(gelu(x), known, atol=1e-12)
    (slope,) = torch.autograd.grad(gelu(x).sum(), x)
    (right,) = torch.autograd.grad(known.sum(), x)
    assert torch.allclose(slope, right, atol=1e-12)


def drawn(*rows: str) -> torch.Tensor:
    ink = torch.zeros(1, 28, 28, dtype=torch.bool)
    for y, row in enumerate(rows):
        for x, mark in enumerate(row):
            ink[0, 5 + y, 5 + x] = mark == "#"
    return ink


def test_a_hole_is_paper_that_the_edge_does_not_reach() -> None:
    ring = drawn("#####", "#...#", "#.#.#", "#...#", "#####")
    assert methods.holes(ring).sum() == 8
    open_ring = drawn("#####", "#...#", "#.#..", "#...#", "#####")
    assert methods.holes(open_ring).sum() == 0
    # water does not pass between two pixels that touch at a corner
    diagonal = drawn(".#.", "#.#", ".#.")
    assert methods.holes(diagonal).nonzero().tolist() == [[0, 6, 6]]
    assert not methods.holes(torch.ones(2, 28, 28, dtype=torch.bool)).any()


@settings(max_examples=30)
@given(st.integers(0, 2**32))
def test_holes_are_those_that_a_flood_one_by_one_finds(seed: int) -> None:
    ink = torch.rand(28, 28, generator=torch.Generator().manual_seed(seed)) < 0.45
    wet = torch.zeros_like(ink)
    edge = [(y, x) for y in range(28) for x in range(28) if {y, x} & {0, 27}]
    todo = [place for place in edge if not ink[place]]
    while todo:
        y, x = todo.pop()
        if 0 <= y < 28 and 0 <= x < 28 and not ink[y, x] and not wet[y, x]:
            wet[y, x] = True
            todo += [(y + 1, x), (y - 1, x), (y, x + 1), (y, x - 1)]
    assert torch.equal(methods.holes(ink[None])[0], ~ink & ~wet)


def test_the_rule_and_the_counts_reach_what_the_lesson_says(digits: data.Sets) -> None:
    said = methods.rule(digits.test.x)
    assert methods.accuracy(said, digits.test.y) == pytest.approx(0.4513, abs=5e-5)
    assert not {4, 7} & set(said.tolist())
    zeros = said[digits.test.y == 0]
    assert (int((zeros == 0).sum()), len(zeros)) == (31, 36)
    counts = methods.count(digits.train.x, digits.train.y, 10)
    said = methods.most_likely(counts, digits.test.x).argmax(dim=1)
    assert methods.accuracy(said, digits.test.y) == pytest.approx(0.8997, abs=5e-5)


def test_counts_are_shares_with_two_imagined_pictures() -> None:
    x = torch.tensor([[[[255, 0]]], [[[255, 255]]], [[[0, 0]]]], dtype=torch.uint8)
    counts = methods.count(x, torch.tensor([0, 0, 1]), 3)
    assert torch.allclose(
        counts.ink, torch.tensor([[3 / 4, 2 / 4], [1 / 3, 1 / 3], [1 / 2, 1 / 2]])
    )
    assert counts.classes.tolist() == pytest.approx([2 / 3, 1 / 3, 0])
    scores = methods.most_likely(counts, x)
    by_hand = np.log(2 / 3) + np.log(3 / 4) + np.log(1 / 2)
    assert scores[0, 0].item() == pytest.approx(by_hand, abs=1e-6)
    assert scores.argmax(dim=1).tolist() == [0, 0, 1]


# --- the stopwatch, and what is said of its times


def test_a_stopwatch_keeps_medians_and_the_largest_difference() -> None:
    watch = Stopwatch(torch.device("cpu"))
    for _ in range(3):
        with watch.time("eager"):
            pass
    assert len(watch.ms["eager"]) == 3
    assert all(ms >= 0 for ms in watch.ms["eager"])
    watch.ms["eager"] = [4.0, 30_000.0, 5.0]
    assert watch.median("eager") == 5.0
    assert watch.compare([2.0]) == 0.0
    assert watch.compare([2.0, 2.25]) == 0.25
    watch.compare([1.0, 1.1])
    watch.compiling = 21.5
    again = Stopwatch(torch.device("cpu"))
    again.load_state_dict(json.loads(json.dumps(watch.state_dict())))
    assert (again.ms, again.compiling, again.largest_difference) == (watch.ms, 21.5, 0.25)


def test_the_verdict_names_the_ratio_and_the_steps_that_pay() -> None:
    said = show.verdict(5.0, 4.0, 24.0)
    assert "1.25 times" in said["en"]
    assert "after 24,000 steps" in said["en"]
    assert "24,000 步" in said["zh"]
    assert "never pays" in show.verdict(4.0, 5.0, 24.0)["en"]
    assert show.spread([3.0]) == (3.0, 3.0, 3.0)
    assert show.spread(list(range(11))) == pytest.approx((1, 5, 9))


# --- real runs


def command(home: Path, *arguments: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
    keep = {k: v for k, v in os.environ.items() if not k.startswith("DLTUTOR")}
    return subprocess.run(
        [sys.executable, "-m", "dltutor", *map(str, arguments)],
        env={
            **keep,
            "DLTUTOR_HOME": str(home),
            "DLTUTOR_LANG": "en",
            "OMP_NUM_THREADS": "1",
            **env,
        },
        capture_output=True,
        encoding="utf-8",
        timeout=400,
        check=False,
    )


def events_of(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    events: dict[str, Any] = {}
    for line in done.stdout.splitlines():
        event = json.loads(line)
        events.setdefault(event["event"], []).append(event)
    return events


def without_compiler(folder: Path) -> dict[str, str]:
    """An environment in which no C++ compiler is found, and none of its products."""
    (folder / "nothing").mkdir(exist_ok=True)
    return {
        "PATH": str(folder / "nothing"),
        "CXX": str(folder / "nothing" / "c++"),
        "TORCHINDUCTOR_CACHE_DIR": str(folder / "inductor"),
    }


@pytest.fixture(scope="module")
def run_home(tmp_path_factory: pytest.TempPathFactory) -> RunHome:
    """A home with a quick run on a machine without a compiler, and its events by kind."""
    home = tmp_path_factory.mktemp("chapter1")
    done = command(
        home, "run", "chapter1", "--preset", "quick", "--data", "builtin", "--device", "cpu",
        "--json", **without_compiler(home),
    )  # fmt: skip
    return home, events_of(done)


def test_without_a_compiler_it_says_why_and_finishes(
    run_home: RunHome,
) -> None:
    events = run_home[1]
    warning = events["warning"][0]["text"]
    assert "torch.compile does not work here" in warning
    assert "compiler" in warning.partition("trained.")[2]
    metrics = events["finished"][0]["metrics"]
    assert metrics["test_accuracy"] > 0.93
    assert metrics["eager_step_ms"] > 0
    assert metrics["baseline_rule"] == pytest.approx(0.4513, abs=5e-5)
    assert metrics["baseline_counts"] == pytest.approx(0.8997, abs=5e-5)
    assert not [name for name in metrics if name.startswith("compile")]
    assert events["finished"][0]["steps"] == 10 * (1169 // 128)
    assert {event["name"] for event in events["picture"]} == {"step_times", "step_table"}


@pytest.mark.slow
def test_a_stopped_run_goes_on_with_the_times_it_had(tmp_path: Path) -> None:
    keep = {k: v for k, v in os.environ.items() if not k.startswith("DLTUTOR")}
    with subprocess.Popen(
        [
            sys.executable, "-m", "dltutor", "run", "chapter1", "--preset", "quick", "--data",
            "builtin", "--device", "cpu", "--set", "epochs=20", "--json",
        ],
        env={
            **keep, "DLTUTOR_HOME": str(tmp_path), "DLTUTOR_LANG": "en", "OMP_NUM_THREADS": "1",
            **without_compiler(tmp_path),
        },
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8",
    ) as process:  # fmt: skip
        assert process.stdout is not None
        kinds = []
        for line in process.stdout:
            kinds.append(json.loads(line)["event"])
            if kinds.count("metrics") == 3 and kinds[-1] == "metrics":
                process.send_signal(signal.SIGINT)
    assert kinds[-1] == "stopped"
    done = command(tmp_path, "run", "--resume", "last", "--json", **without_compiler(tmp_path))
    events = events_of(done)
    assert len(events["metrics"]) < 20
    table = next(e["view"] for e in events["picture"] if e["name"] == "step_table")
    assert [row[:2] for row in table["rows"]] == [["eager", 20 * 9]]


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("g++") is None, reason="no C++ compiler on this machine")
def test_eager_and_compiled_compute_the_same_and_are_timed(tmp_path: Path) -> None:
    done = command(
        tmp_path, "run", "chapter1", "--preset", "quick", "--data", "builtin", "--device", "cpu",
        "--set", "epochs=2", "--set", "width=16", "--set", "blocks=1", "--json",
        TORCHINDUCTOR_CACHE_DIR=str(tmp_path / "inductor"),
    )  # fmt: skip
    events = events_of(done)
    metrics = events["finished"][0]["metrics"]
    ratio = metrics["eager_step_ms"] / metrics["compiled_step_ms"]
    assert metrics["compile_ratio"] == pytest.approx(ratio)
    assert metrics["compile_seconds"] > 0
    assert 0 <= metrics["largest_loss_difference"] < 1e-4
    assert "warning" not in events
    said = " ".join(event["text"] for event in events["text"])
    assert "compiled in" in said
    assert "times as fast compiled" in said
    table = next(e["view"] for e in events["picture"] if e["name"] == "step_table")
    assert [row[:2] for row in table["rows"]] == [["eager", 18], ["compiled", 18]]


def test_the_compile_option_is_refused_since_nothing_would_be_compared(tmp_path: Path) -> None:
    done = command(
        tmp_path, "run", "chapter1", "--preset", "quick", "--data", "builtin", "--compile",
        "--plain", **without_compiler(tmp_path),
    )  # fmt: skip
    assert done.returncode != 0
    assert "--compile: this chapter compiles" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_a_picture_of_any_size_and_mode_is_read(trained: Any, tmp_path: Path) -> None:
    grey = np.full((90, 70), 255, dtype=np.uint8)
    grey[10:80, 32:40] = 0  # a one
    (tmp_path / "deep").mkdir()
    for name, mode in (("a.png", "L"), ("b.png", "RGBA"), ("deep/c.jpg", "RGB"), ("d.png", "P")):
        Image.fromarray(grey).convert(mode).save(tmp_path / name)
    said = list(predict(trained, [tmp_path]))
    assert len(said) == 4
    assert {one.label for one in said} == {"1"}
    for one in said:
        assert sum(p for _, p in one.probabilities) == pytest.approx(1, abs=1e-5)
        assert isinstance(one.view, views.Picture)
    (tmp_path / "note.png").write_text("no picture")
    with pytest.raises(DataError, match=r"note\.png"):
        list(predict(trained, [tmp_path / "note.png"]))
    Image.new("L", (30, 30), 255).save(tmp_path / "blank.png")
    with pytest.raises(DataError, match=r"blank\.png"):
        list(predict(trained, [tmp_path / "blank.png"]))


def test_own_classes_are_trained_without_the_rule(tmp_path: Path) -> None:
    for name in ("lying", "standing"):
        (tmp_path / "bars" / name).mkdir(parents=True)
        for i in range(7):
            grey = np.zeros((20 + 5 * i, 40), dtype=np.uint8)
            if name == "lying":
                grey[8:12] = 255
            else:
                grey[:, 18:22] = 255
            Image.fromarray(grey).save(tmp_path / "bars" / name / f"{i}.png")
    done = command(
        tmp_path, "run", "chapter1", "--data", tmp_path / "bars", "--set", "epochs=8",
        "--device", "cpu", "--json", **without_compiler(tmp_path),
    )  # fmt: skip
    metrics = events_of(done)["finished"][0]["metrics"]
    assert metrics["test_accuracy"] == 1.0
    assert "baseline_counts" in metrics
    assert "baseline_rule" not in metrics
    asked = command(tmp_path, "predict", "chapter1", tmp_path / "bars/standing/6.png", "--json")
    assert json.loads(asked.stdout)["label"] == "standing"


def test_mnist_is_loaded_whole(data_root: Path) -> None:
    sets = data.load(DataChoice("full", data_root, "MNIST"))
    assert [len(part.y) for part in sets[:3]] == [55_000, 5_000, 10_000]


# --- demos


class Context:
    """What the host gives to a demo where there is no run."""

    lang = "en"
    trained: Any = None


def test_three_ways_read_the_same_digit(digits: data.Sets) -> None:
    picture, table, bars, note = ways.ways(Context(), sample=8)
    assert isinstance(picture, views.Picture)
    assert picture.pixels == digits.test.x[8].numpy().tobytes()
    assert isinstance(table, views.Table)
    shares = {row[0]: row[2] for row in table.rows}
    assert (shares["rule"], shares["counts"]) == ("45.1%", "90.0%")
    assert isinstance(bars, views.Chart)
    assert list(bars.series[0].y)[2] > 0.9
    assert "trained just now on 1,169" in str(note)


def test_the_demo_asks_the_run_there_is(trained: Any, digits: data.Sets) -> None:
    class WithRun(Context):
        pass

    WithRun.trained = trained
    _, _, bars, note = ways.ways(WithRun())
    assert "your own run" in str(note)
    model = ways.run_network(trained).model
    assert isinstance(bars, views.Chart)
    assert list(bars.series[0].y)[2] == pytest.approx(evaluate(model, digits.test)[1])


@given(st.integers(-6, 6))
@settings(max_examples=15)
def test_a_shift_moves_every_picture(right: int) -> None:
    x = torch.zeros(2, 1, 28, 28, dtype=torch.uint8)
    x[:, 0, 10, 14] = 200
    moved = ways.disturb(x, right, 0.0)
    assert moved.shape == x.shape
    assert moved.nonzero().tolist() == [[i, 0, 10, 14 + right] for i in range(2)]


YEARS = {
    "McCulloch": 1943, "Hebb": 1949, "Rosenblatt": 1957, "Widrow": 1960, "Minsky": 1969,
    "Hopfield": 1982, "Rumelhart": 1986, "LeCun": 1989, "Hochreiter": 1997, "Collobert": 2002,
    "Krizhevsky": 2012, "Kaiming He": 2015, "Paszke": 2016, "Vaswani": 2017, "Devlin": 2018,
    "Ansel": 2023,
}  # fmt: skip


def test_the_years_are_those_of_the_sources() -> None:
    for name, year in YEARS.items():
        (entry,) = [entry for entry in timeline.ENTRIES if name in entry.who]
        assert entry.year == year
    years = [entry.year for entry in timeline.ENTRIES]
    assert years == sorted(years)
    for entry in timeline.ENTRIES:
        assert set(entry.what) == set(entry.why) == {"en", "zh"}


def test_the_timeline_tells_the_last_event_by_then() -> None:
    for year in range(1940, 2026):
        chart, story, table = timeline.timeline(year)
        assert isinstance(chart, views.Chart)
        assert isinstance(story, views.Note)
        assert isinstance(table, views.Table)
        known = [entry for entry in timeline.ENTRIES if entry.year <= year]
        expected = known[-1] if known else timeline.ENTRIES[0]
        assert str(expected.year) in story.text["en"]  # type: ignore[index]
        assert [row[1] for row in table.rows if row[0]] == [str(expected.year)]
        assert story.text["en"].startswith("Still to come") == (not known)  # type: ignore[index]


def test_the_timeline_follows_one_strand() -> None:
    _, story, table = timeline.timeline(1999, "software")
    assert "Torch" in str(story)
    assert isinstance(table, views.Table)
    assert [row[1] for row in table.rows] == ["2002", "2016", "2022", "2023"]


def test_the_timeline_needs_no_torch() -> None:
    code = "import sys, dltutor_plugins.chapter01_intro.timeline; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


CAPTURED = {
    ("straight", False): (["sin mul sum"], [1, 1, 0]),
    ("straight", True): (["sin mul sum"], [1, 0, 0]),
    ("branch", False): (["sin sum gt", "neg mul sum"], [2, 2, 0]),
    ("branch", True): (["sin sum gt", "neg mul sum"], [2, 0, 0]),
    ("where", False): (["sin sum gt neg where mul sum"], [1, 1, 0]),
    ("loop", False): (None, [1, 1, 1]),
}


@pytest.mark.parametrize(("program", "dynamic"), CAPTURED)
def test_graphs_breaks_and_recompilations_are_what_the_lesson_says(
    program: str, dynamic: bool
) -> None:
    operations, new = CAPTURED[program, dynamic]
    calls = graphs.capture(program, dynamic)
    assert [call.length for call in calls] == [4, 6, 9]
    assert all(call.same for call in calls)
    assert [len(call.graphs) for call in calls] == new
    if operations is not None:
        assert [" ".join(graph) for graph in calls[0].graphs] == operations


def test_the_graphs_demo_counts_breaks_and_captures() -> None:
    table, note = graphs.graphs("branch")
    assert isinstance(table, views.Table)
    assert [row[2] for row in table.rows] == [2, 2, 0]
    assert "Graph breaks: 1. Captured again after the first call: 2." in str(note)
    assert "3 of 3" in str(note)


def test_the_playground_answers_and_refuses_on_the_command_line(
    dltutor: Callable[..., Any],
) -> None:
    done = dltutor("demo", "chapter1", "playground", "--plain", env={"DLTUTOR_LANG": "zh"})
    assert done.code == 0, done.err
    assert "梯度" in done.out
    bad = dltutor("demo", "chapter1", "playground", "--set", "expression=x.data", "--plain")
    assert bad.code == 2
    assert "x.data is not allowed" in bad.err
    assert "Traceback" not in bad.err
