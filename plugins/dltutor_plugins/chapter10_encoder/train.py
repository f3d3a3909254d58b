"""The training of chapter 10: one loop, read from top to bottom."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim.lr_scheduler import OneCycleLR

from dltutor.events import Metrics, Step
from dltutor_plugins.chapter10_encoder.bigram import Bigram
from dltutor_plugins.chapter10_encoder.data import load
from dltutor_plugins.chapter10_encoder.measure import (
    compare,
    describe,
    evaluate,
)
from dltutor_plugins.chapter10_encoder.model import build

if TYPE_CHECKING:
    from dltutor.events import Routine
    from dltutor.training.run import Run
    from dltutor_plugins.chapter10_encoder.config import Config


def train(config: Config, run: Run) -> Routine:
    """Trains the encoder and measures it beside two ways of counting."""
    sets = load(run.data, config.sentences, run.device, config.share)
    words = sets.vocabulary
    yield from describe(sets, run.lang)
    yield from run.overlap(sets.train.x, sets.test.x)
    plain = words.without_tones()
    counts = Bigram.count(sets.train, plain, len(words.characters))
    run.register(counts=counts)
    run.keep(
        syllables=words.syllables,
        characters=words.characters,
        sizes=[len(counts.pairs), len(counts.sounds)],
    )

    model = build(config, len(words.syllables), len(words.characters))
    optimiser, schedule = optimisation(model, config, len(sets.train.x))
    model, optimiser, schedule = run.setup(model, optimiser, schedule)
    plain = plain.to(run.device)
    size, lengths = config.batch_size, sets.train.lengths.tolist()

    for _ in run.epochs(config.epochs):
        model.train()
        for which in run.indices(len(lengths), size, lengths=lengths):
            x, y = sets.train.batch(which)  # (B, T), T of the longest
            x = hide_tones(x, plain, config.toneless)
            scores = model(x)  # (B, T, characters)
            loss = F.cross_entropy(scores[x > 0], y[x > 0])
            optimiser.zero_grad()
            run.backward(loss)  # loss.backward(), in the run's precision
            optimiser.step()
            schedule.step()
            yield Step(samples=len(x), loss=loss)
        measures = evaluate(model, sets.val, "val")
        yield Metrics(train_loss=run.mean("loss"), **measures)

    run.load_best()  # the epoch with the best val_accuracy
    figures = yield from compare(model, counts, sets, run)
    return figures


def hide_tones(x: Tensor, plain: Tensor, share: float) -> Tensor:
    """Some of the sentences (B, T) with all their tones left open."""
    chosen = torch.rand(len(x), 1, device=x.device) < share
    return torch.where(chosen, plain[x], x)


def optimisation(
    model: nn.Module, config: Config, sentences: int
) -> tuple[torch.optim.Optimizer, OneCycleLR]:
    """AdamW, and a learning rate that rises to ``lr`` and falls to 0."""
    optimiser = torch.optim.AdamW(
        model.parameters(), lr=config.lr, weight_decay=config.weight_decay
    )
    steps = config.epochs * math.ceil(sentences / config.batch_size)
    return optimiser, OneCycleLR(
        optimiser, config.lr, total_steps=steps, pct_start=0.15
    )
