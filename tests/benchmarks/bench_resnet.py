"""The figures of chapter 7's lessons: what shortcuts buy, and what each trick buys.

    python tests/benchmarks/bench_resnet.py depth  [--seeds 3] [--data full] [--set KEY=VALUE]...
    python tests/benchmarks/bench_resnet.py tricks [--seeds 3] [--data full] [--set KEY=VALUE]...
    python tests/benchmarks/bench_resnet.py speed

``depth`` trains ResNet-44 and ResNet-20 at half width, with and without shortcuts, by the preset
``deep``. ``tricks`` trains the preset ``standard``, an eighth as wide and for six epochs, with an
average of the weights; then the same with one trick less at a time. Each setting is trained by
``dltutor run`` with the same seeds, so differences are taken of pairs that share a seed; the
interval is Student's, 95 %. ``--out`` keeps what is done.
``speed`` times training steps of the preset ``standard`` in both memory orders and precisions, a
step each in turn, so that a busy machine slows all alike; it gives medians and ratios.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from dltutor.measure import mean_interval

Settings = tuple[str, ...]

DEPTH: dict[str, Settings] = {
    "residual 44": ("network=resnet44",),
    "plain 44": ("network=resnet44", "shortcuts=false"),
    "residual 20": ("network=resnet20",),
    "plain 20": ("network=resnet20", "shortcuts=false"),
}
DEPTH_PAIRS = (
    ("residual 44", "plain 44"),
    ("residual 20", "plain 20"),
    ("plain 20", "plain 44"),
    ("residual 44", "residual 20"),
)
TRICKS: dict[str, Settings] = {
    "all": (),
    "no flip": ("flip=false",),
    "no shift": ("translate=0",),
    "no whitening": ("whiten=false",),
    "no label smoothing": ("smoothing=0",),
    "constant rate": ("schedule=constant",),
    "no average": ("average=0",),
    "neither": ("schedule=constant", "average=0"),
}
TRICKS_PAIRS = tuple(("all", name) for name in TRICKS if name != "all")
TRICKS_BASE: Settings = ("scale=0.125", "epochs=6", "average=0.98")


def accuracy(preset: str, settings: Sequence[str], seed: int, data: str) -> float:
    """The test accuracy of one run of the command line."""
    command = ["run", "chapter7", "--preset", preset, "--data", data, "--seed", str(seed)]
    for setting in settings:
        command += ["--set", setting]
    done = subprocess.run(
        [sys.executable, "-m", "dltutor", *command, "--json"],
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    )
    return float(json.loads(done.stdout.splitlines()[-1])["metrics"]["test_accuracy"])


def speed(rounds: int = 9, batch: int = 128) -> None:
    """Samples a second of one training step, for each memory order and precision."""
    import torch
    import torch.nn.functional as F

    from dltutor_plugins.chapter07_resnet.config import Config
    from dltutor_plugins.chapter07_resnet.zoo import network

    x, y = torch.randn(batch, 3, 32, 32), torch.randint(10, (batch,))
    variants = {}
    for order in (torch.contiguous_format, torch.channels_last):
        for half in (False, True):
            torch.manual_seed(0)
            model = network(Config()).to(memory_format=order)
            optimiser = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, fused=True)
            name = ("bfloat16" if half else "float32") + (
                ", channels last" if order is torch.channels_last else ""
            )
            variants[name] = (model, optimiser, x.to(memory_format=order), half)
    seconds: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(rounds):
        for name, (model, optimiser, pictures, half) in variants.items():
            begin = time.perf_counter()
            with torch.autocast("cpu", torch.bfloat16, enabled=half):
                loss = F.cross_entropy(model(pictures), y)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            seconds[name].append(time.perf_counter() - begin)
    first = statistics.median(seconds["float32"])
    for name, values in seconds.items():
        middle = statistics.median(values)
        print(f"{name:24} {batch / middle:7.0f} pictures/s  {first / middle:5.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("depth", "tricks", "speed"))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--data", default="full")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument(
        "--out", type=Path, help="JSON lines; runs that stand there are not repeated"
    )
    given = parser.parse_args()
    if given.what == "speed":
        return speed()
    preset, variants, pairs, base = {
        "depth": ("deep", DEPTH, DEPTH_PAIRS, ()),
        "tricks": ("standard", TRICKS, TRICKS_PAIRS, TRICKS_BASE),
    }[given.what]
    found: dict[tuple[str, int], float] = {}
    if given.out and given.out.exists():
        for line in given.out.read_text(encoding="utf-8").splitlines():
            name, seed, value = json.loads(line)
            found[name, seed] = value
    for seed in range(given.seeds):
        for name, settings in variants.items():
            if (name, seed) not in found:
                value = accuracy(preset, (*base, *given.set, *settings), seed, given.data)
                found[name, seed] = value
                if given.out:
                    with given.out.open("a", encoding="utf-8") as handle:
                        handle.write(json.dumps([name, seed, value]) + "\n")
            print(f"{name:20} seed {seed}  {found[name, seed]:.4f}", flush=True)
    if given.seeds < 2:
        return
    seeds = range(given.seeds)
    print()
    for name in variants:
        mean, half = mean_interval([found[name, seed] for seed in seeds])
        print(f"{name:32} {mean:.4f} +- {half:.4f}")
    for one, other in pairs:
        mean, half = mean_interval([found[one, seed] - found[other, seed] for seed in seeds])
        print(f"{one + ' - ' + other:32} {mean:+.4f} +- {half:.4f}")


if __name__ == "__main__":
    main()
