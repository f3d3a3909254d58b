"""Bucketing by length next to padding every sentence to 64, on sentences with pinyin.

    python tests/benchmarks/bench_text.py [--data full] [--steps 12] [--rounds 3] [--batch 32]

Steps of chapter 10's training (forward, backward, AdamW) on batches of the same sentences:
padded to 64; each batch padded to its longest, in random order; bucketed, so that sentences of
like length share a batch; the last also in bfloat16. Rounds alternate, so that a busy machine
slows all alike. Printed are sentences a second, the ratio to the first, and which share of the
places is padding.
"""

from __future__ import annotations

import argparse
import statistics
import time
from contextlib import nullcontext

import torch
import torch.nn.functional as F

from dltutor.data.roots import choose
from dltutor.training.batches import order
from dltutor_plugins.chapter10_encoder import dltutor_chapter
from dltutor_plugins.chapter10_encoder.config import Config
from dltutor_plugins.chapter10_encoder.data import load
from dltutor_plugins.chapter10_encoder.model import build

WIDE = 64


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default="builtin")
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--batch", type=int, default=32)
    given = parser.parse_args()

    training = dltutor_chapter().training
    assert training is not None
    sets = load(choose(training, given.data), 20_000, torch.device("cpu"))
    train, words = sets.train, sets.vocabulary
    torch.manual_seed(0)
    model = build(Config(), len(words.syllables), len(words.characters))
    optimiser = torch.optim.AdamW(model.parameters(), fused=True)

    def step(which: torch.Tensor, wide: int, bf16: bool) -> None:
        x, y = (F.pad(part, (0, wide - part.shape[1])) for part in train.batch(which))
        with torch.autocast("cpu", torch.bfloat16) if bf16 else nullcontext():
            scores = model(x)
            loss = F.cross_entropy(scores[x > 0], y[x > 0])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()

    lengths = train.lengths
    mixed = batches(lengths, given, bucketed=False)
    sorted_ = batches(lengths, given, bucketed=True)
    ways = {
        f"padded to {WIDE}": (mixed, WIDE, False),
        "padded to the batch's longest": (mixed, 0, False),
        "bucketed": (sorted_, 0, False),
        "bucketed, bfloat16": (sorted_, 0, True),
    }
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(given.rounds):
        for name, (chosen, wide, bf16) in ways.items():
            begin = time.perf_counter()
            for which in chosen:
                step(which, wide or int(lengths[which].max()), bf16)
            seconds[name].append(time.perf_counter() - begin)
    print(f"threads {torch.get_num_threads()}, mean length {lengths.float().mean():.1f}")
    first = 0.0
    for name, (chosen, wide, _) in ways.items():
        speed = sum(map(len, chosen)) / statistics.median(seconds[name])
        first = first or speed
        places = sum(len(w) * (wide or int(lengths[w].max())) for w in chosen)
        padding = 1 - sum(int(lengths[w].sum()) for w in chosen) / places
        print(f"{name:30} {speed:7.0f} sentences/s {speed / first:5.2f}  padding {padding:.1%}")


def batches(
    lengths: torch.Tensor, given: argparse.Namespace, *, bucketed: bool
) -> list[torch.Tensor]:
    """That many batches, evenly from all of an epoch, so that every length is among them."""
    known = lengths.tolist() if bucketed else None
    options = {"seed": 0, "epoch": 0, "loop": 0, "shuffle": not bucketed, "lengths": known}
    every = order(len(lengths), given.batch, **options)
    return every[:: max(1, len(every) // given.steps)][: given.steps]


if __name__ == "__main__":
    main()
