"""Chapter 12's speed: bucketing while training, the key-value cache and the beam while writing.

    python tests/benchmarks/bench_seq2seq.py [--data full] [--steps 12] [--rounds 3]

Training: steps on batches of the same sentences padded to 64, to their own longest in random
order, and bucketed by length. Writing: 64 sentences of 16 characters, greedily, by a network that
was not trained and never ends, with the cache and without it; and one sentence with a beam of 1
and of 4. Rounds alternate; medians of the processor time are printed, in which other programs do not
count.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Mapping

import torch
import torch.nn.functional as F

from dltutor.data.roots import choose
from dltutor.training.batches import order
from dltutor_plugins.chapter12_seq2seq import dltutor_chapter
from dltutor_plugins.chapter12_seq2seq.config import Config
from dltutor_plugins.chapter12_seq2seq.data import load, tensors
from dltutor_plugins.chapter12_seq2seq.decode import beam, greedy, greedy_without_cache
from dltutor_plugins.chapter12_seq2seq.model import Transformer, build
from dltutor_plugins.chapter12_seq2seq.vocabulary import EOS, PAD, Vocabulary

WIDE = 64


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default="builtin")
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    torch.manual_seed(0)
    config = Config()
    print(f"threads {torch.get_num_threads()}")
    training_steps(build(config), config, given)
    writing(build(config).eval(), given.rounds)


def training_steps(model: Transformer, config: Config, given: argparse.Namespace) -> None:
    training = dltutor_chapter().training
    assert training is not None
    sets = load(choose(training, given.data), config.sentences)
    hanzi = Vocabulary.of((p.hanzi for p in sets.train), config.characters)
    pinyin = Vocabulary.of((p.pinyin for p in sets.train), config.syllables)
    data = tensors(sets.train, hanzi, pinyin)
    optimiser = torch.optim.AdamW(model.parameters(), fused=True)

    def steps(chosen: list[torch.Tensor], wide: int) -> None:
        for places in chosen:
            source, target = data.batch(places)
            if wide:
                source = F.pad(source, (0, wide - source.shape[1]))
                target = F.pad(target, (0, wide + 1 - target.shape[1]))
            logits = model(source, target[:, :-1])
            loss = F.cross_entropy(logits.flatten(0, 1), target[:, 1:].flatten(), ignore_index=PAD)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()

    def batches(lengths: list[int] | None) -> list[torch.Tensor]:
        # the same number of sentences of each: batches are shuffled, so lengths are mixed
        return order(
            len(data.lengths),
            config.batch_size,
            seed=0,
            epoch=0,
            loop=0,
            shuffle=True,
            lengths=lengths,
        )[: given.steps]

    mixed, alike = batches(None), batches(data.lengths.tolist())
    for name, chosen in {"mixed": mixed, "bucketed": alike}.items():
        count = sum(int(data.lengths[c].sum()) for c in chosen)
        print(f"{name}: {sum(map(len, chosen))} sentences, {count} tokens")
    compare(
        {
            f"padded to {WIDE}": lambda: steps(mixed, WIDE),
            "padded to the batch's longest": lambda: steps(mixed, 0),
            "bucketed": lambda: steps(alike, 0),
        },
        given.rounds,
    )


def writing(model: Transformer, rounds: int) -> None:
    with torch.no_grad():
        model.head.bias[EOS] = -1e9  # so that all ways write equally much
    source = torch.randint(4, 1000, (64, 16))
    source[:, -1] = EOS
    compare(
        {
            "without cache": lambda: greedy_without_cache(model, source),
            "with cache": lambda: greedy(model, source),
        },
        rounds,
    )
    one = source[:1]
    compare({f"beam of {k}": lambda k=k: beam(model, one, k) for k in (1, 4)}, rounds)


def compare(ways: Mapping[str, Callable[[], object]], rounds: int) -> None:
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            begin = time.process_time()
            way()
            seconds[name].append(time.process_time() - begin)
    first = statistics.median(next(iter(seconds.values())))
    for name, each in seconds.items():
        middle = statistics.median(each)
        print(f"{name:30} {1000 * middle:8.1f} ms  {first / middle:5.2f} times as fast")


if __name__ == "__main__":
    main()
