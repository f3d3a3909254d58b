"""What the engine costs, and what bf16 with channels-last brings: ratios measured in one process.

    python tests/benchmarks/bench_engine.py [--check] [--seconds 6]

The hand-written loop does what a careful person writes without an engine: tensors where they
are used, ``randperm``, ``zero_grad``, ``backward``, ``step``. The engine's loop is the same under
``Run`` and ``Engine``, with its events and its checkpoints. Both take turns, a slice of steps
each, so that a busy machine disturbs both alike; the median of the slices' ratios is given.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
import torch.nn.functional as F
from lightning_fabric import Fabric
from torch import Tensor, nn

from dltutor.data.roots import DataChoice
from dltutor.events import Step
from dltutor.runs.folder import RunFolder
from dltutor.runs.spec import RunSpec
from dltutor.training.devices import has_bf16
from dltutor.training.engine import Engine
from dltutor.training.recorder import Recorder
from dltutor.training.run import Run

SLICE = 40
"""steps that a loop takes before it is the other's turn"""
BATCHES = (256, 1024)
"""chapter 5's batch, and one with which float32 no longer stays in the caches"""


def mlp() -> nn.Module:
    """Chapter 3's network."""
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 312),
        nn.ReLU(),
        nn.Linear(312, 256),
        nn.ReLU(),
        nn.Linear(256, 10),
    )


def cnn() -> nn.Module:
    """Chapter 5's network: 7x7 1-12, 5x5 12-24, 3x3 24-6 and a linear layer 1536-10."""
    return nn.Sequential(
        nn.Conv2d(1, 12, 7), nn.ReLU(), nn.Conv2d(12, 24, 5), nn.ReLU(),
        nn.Conv2d(24, 6, 3), nn.ReLU(), nn.Flatten(), nn.Linear(1536, 10),
    )  # fmt: skip


def data(count: int = 8192) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(0)
    x = torch.rand(count, 1, 28, 28, generator=generator)
    return x, torch.randint(10, (count,), generator=generator)


def by_hand(
    network: Callable[[], nn.Module], batch: int, *, bf16: bool = False, last: bool = False
) -> Iterator[None]:
    """Yields after each step, for ever."""
    x, y = data()
    torch.manual_seed(0)
    model = network()
    if last:
        model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3, fused=True)
    while True:
        for index in torch.randperm(len(x)).split(batch):
            a, b = x[index], y[index]
            optimiser.zero_grad()
            with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
                logits = model(a)
            loss = F.cross_entropy(logits.float(), b)
            loss.backward()
            optimiser.step()
            yield


def with_engine(network: Callable[[], nn.Module], batch: int, folder: Path) -> Iterator[None]:
    """The same under the engine; the generator handed to it passes each step on."""
    x, y = data()
    fabric = Fabric(accelerator="cpu", devices=1)
    torch.manual_seed(0)
    spec = RunSpec(chapter="bench", preset="standard", config={}, data={}, save_every=15.0)
    run = Run(spec, fabric, folder, DataChoice("builtin", None, "noise"))
    engine = Engine(run, RunFolder(folder), Recorder(folder / "events.jsonl"), "")
    model = network()
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3)
    model, optimiser = run.setup(model, optimiser)
    for _ in run.epochs(10**9):
        for a, b in run.batches((x, y), batch):
            optimiser.zero_grad()
            loss = F.cross_entropy(model(a), b)
            run.backward(loss)
            optimiser.step()
            engine.handle(Step(samples=len(a), loss=loss))
            yield


Clock = Callable[[], float]


def slices(loop: Iterator[None], steps: int, clock: Clock = time.perf_counter) -> float:
    start = clock()
    for _ in range(steps):
        next(loop)
    return (clock() - start) / steps


def ratio(
    one: Iterator[None],
    other: Iterator[None],
    seconds: float,
    steps: int,
    clock: Clock = time.perf_counter,
) -> tuple[float, float, float]:
    """Median of time(one) / time(other) over slices in turn; the two medians in milliseconds."""
    for loop in (one, other):
        slices(loop, steps, clock)
    first, second = [], []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(first) < 11:
        first.append(slices(one, steps, clock))
        second.append(slices(other, steps, clock))
    pairs = statistics.median(a / b for a, b in zip(first, second, strict=True))
    return pairs, statistics.median(first) * 1e3, statistics.median(second) * 1e3


def accuracy(root: Path, *, bf16: bool, epochs: int = 2) -> float:
    """Test accuracy of the network of chapter 5 on MNIST after a few epochs."""
    from dltutor.data import idx

    raw = root / "MNIST" / "raw"
    x, y, test_x, test_y = (
        torch.from_numpy(idx.read(raw / name))
        for name in (
            "train-images-idx3-ubyte", "train-labels-idx1-ubyte",
            "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte",
        )
    )  # fmt: skip
    torch.manual_seed(0)
    model = cnn()
    if bf16:
        model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimiser = torch.optim.AdamW(model.parameters(), lr=2e-3, fused=True)
    steps = epochs * math.ceil(len(x) / 128)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, total_steps=steps)

    def logits(pictures: Tensor) -> Tensor:
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            out: Tensor = model(pictures[:, None].float() / 255)
        return out.float()

    for _ in range(epochs):
        for index in torch.randperm(len(x)).split(128):
            optimiser.zero_grad()
            F.cross_entropy(logits(x[index]), y[index].long()).backward()
            optimiser.step()
            schedule.step()
    with torch.inference_mode():
        said = torch.cat([logits(part).argmax(1) for part in test_x.split(1000)])
    return float((said == test_y).float().mean())


def event_cost(folder: Path) -> float:
    """Seconds that one progress event takes, written to disk."""
    recorder = Recorder(folder / "cost.jsonl")
    values = {"loss": 0.123456, "lr": 0.001, "gradient_norm": 1.23456}
    count = 5000
    start = time.perf_counter()
    for step in range(count):
        recorder.step = step
        recorder.write("progress", values=values, steps=count, epochs=3, batch=1, batches=9,
                       samples_per_second=1234.5, seconds_left=1.0, memory_bytes=123456789)  # fmt: skip
    return (time.perf_counter() - start) / count


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="exit 1 over budget")
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument(
        "--mnist", type=Path, help="a data root with MNIST: compares accuracies too"
    )
    arguments = parser.parse_args()
    results: dict[str, float] = {}
    failed = []

    def budget(name: str, value: float, fine: bool, words: str) -> None:
        results[name] = round(value, 4)
        print(f"{name:34} {value:8.3f}   {words}  {'ok' if fine else 'OVER BUDGET'}")
        if not fine:
            failed.append(name)

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for name, network in (("mlp", mlp), ("cnn", cnn)):
            (folder / name).mkdir()
            found, ours, hand = ratio(
                with_engine(network, 128, folder / name),
                by_hand(network, 128),
                arguments.seconds,
                SLICE,
            )
            budget(
                f"engine / by hand, {name}",
                found,
                found <= 1.03,
                f"<= 1.03 ({ours:.3f} ms, {hand:.3f} ms)",
            )
        share = 100 * event_cost(folder)
        budget("100 events a second, share", share, share <= 0.01, "<= 0.01 of a second")
    if has_bf16("cpu"):
        threads = torch.get_num_threads()
        for name, count, clock in (
            # the processor's time of one thread holds still on a machine that others use too
            ("one thread", 1, time.process_time),
            (f"{threads} threads, clock", threads, time.perf_counter),
        ):
            torch.set_num_threads(count)
            for batch in BATCHES:
                found, plain, fast = ratio(
                    by_hand(cnn, batch),
                    by_hand(cnn, batch, bf16=True, last=True),
                    arguments.seconds,
                    max(3, 1280 // batch),
                    clock,
                )
                words = f">= 2.5 ({plain:.2f} ms, {fast:.2f} ms)"
                budget(f"float32 / bf16, {batch}, {name}", found, found >= 2.5, words)
        torch.set_num_threads(threads)
        if arguments.mnist:
            full, half = (accuracy(arguments.mnist, bf16=b) for b in (False, True))
            words = f"<= 0.3 points (float32 {full:.4f}, bf16 {half:.4f})"
            budget(
                "cnn accuracy, difference", 100 * abs(full - half), abs(full - half) <= 0.003, words
            )
    else:
        print("this processor has no bf16: that ratio is not measured")
    assert all(math.isfinite(v) for v in results.values())
    print(json.dumps(results))
    return 1 if failed and arguments.check else 0


if __name__ == "__main__":
    sys.exit(main())
