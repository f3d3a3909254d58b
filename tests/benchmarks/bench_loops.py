"""Three ways to feed chapter 3's network: ratios measured in turn, in one process.

    python tests/benchmarks/bench_loops.py [--check] [--seconds 12]

`naive` keeps pictures as Python lists of 784 numbers and makes a tensor of each batch; `loader` is a
``DataLoader`` without workers over a ``TensorDataset``; `tensors` is the chapter's way, whole
tensors indexed where they lie, through the engine's own ``Run.batches``. Each loop takes a
slice of steps in turn; the medians of the ratios of neighbouring slices are given.
"""

from __future__ import annotations

import argparse
import json
import random
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
from torch.utils.data import DataLoader, TensorDataset

from dltutor.data.roots import DataChoice
from dltutor.runs.spec import RunSpec
from dltutor.training.run import Run

SAMPLES, BATCH, SLICE = 6000, 320, 12
Batches = Iterator[tuple[Tensor, Tensor]]


def data() -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(0)
    x = torch.randint(256, (SAMPLES, 1, 28, 28), generator=generator, dtype=torch.uint8)
    return x, torch.randint(10, (SAMPLES,), generator=generator)


def naive() -> Batches:
    x, y = data()
    pictures, labels = (x.flatten(1).float() / 255).tolist(), y.tolist()
    while True:
        order = list(range(SAMPLES))
        random.shuffle(order)
        for start in range(0, SAMPLES, BATCH):
            part = order[start : start + BATCH]
            yield torch.tensor([pictures[i] for i in part]), torch.tensor([labels[i] for i in part])


def loader() -> Batches:
    while True:
        yield from DataLoader(TensorDataset(*data()), batch_size=BATCH, shuffle=True)


def tensors() -> Batches:
    spec = RunSpec(chapter="bench", preset="standard", config={}, data={})
    fabric = Fabric(accelerator="cpu", devices=1)
    run = Run(spec, fabric, Path(tempfile.mkdtemp()), DataChoice("builtin", None, "noise"))
    whole = data()
    for _ in run.epochs(10**9):
        yield from run.batches(whole, BATCH)  # type: ignore[misc]


def loop(batches: Batches) -> Callable[[], None]:
    """A slice of steps: the same network, loss and optimiser, whatever feeds them."""
    torch.manual_seed(0)
    # the chapter's network without its dropout, whose random numbers would hide the feeding
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 312),
        nn.ReLU(),
        nn.Linear(312, 256),
        nn.ReLU(),
        nn.Linear(256, 10),
    )
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3, fused=True)

    def steps() -> None:
        for _ in range(SLICE):
            x, y = next(batches)
            optimiser.zero_grad()
            pixels = x if x.is_floating_point() else x.float() / 255
            F.cross_entropy(model(pixels), y).backward()
            optimiser.step()

    return steps


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="exit 1 over budget")
    parser.add_argument("--seconds", type=float, default=12.0)
    arguments = parser.parse_args()
    loops = {"naive": loop(naive()), "loader": loop(loader()), "tensors": loop(tensors())}
    times: dict[str, list[float]] = {name: [] for name in loops}
    for steps in loops.values():
        steps()
    end = time.perf_counter() + arguments.seconds
    while time.perf_counter() < end or len(times["naive"]) < 11:
        for name, steps in loops.items():
            start = time.perf_counter()
            steps()
            times[name].append(time.perf_counter() - start)
    failed = False
    results = {}
    for name, least in (("naive", 5.0), ("loader", 1.2)):
        ratio = statistics.median(a / b for a, b in zip(times[name], times["tensors"], strict=True))
        results[f"{name} / tensors"] = round(ratio, 2)
        fine = ratio >= least
        failed |= not fine
        print(f"{name} / tensors  {ratio:.2f}   >= {least}  {'ok' if fine else 'TOO LITTLE'}")
    for name, found in times.items():
        results[f"{name} samples/s"] = round(SLICE * BATCH / statistics.median(found))
        print(f"{name:8} {results[f'{name} samples/s']:>9,} samples/s")
    print(json.dumps(results))
    return 1 if failed and arguments.check else 0


if __name__ == "__main__":
    sys.exit(main())
