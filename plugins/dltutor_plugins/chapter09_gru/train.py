"""The training of chapter 9: one loop, read from top to bottom."""

from __future__ import annotations

import math
from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim.lr_scheduler import OneCycleLR

from dltutor.events import Metrics, Step
from dltutor_plugins.chapter09_gru.baselines import baselines
from dltutor_plugins.chapter09_gru.data import (
    PAD,
    UNKNOWN,
    LabelledSet,
    Reviews,
    labelled,
    load,
    vocabulary,
)
from dltutor_plugins.chapter09_gru.model import Reader, build, count
from dltutor_plugins.chapter09_gru.show import f1, show

if TYPE_CHECKING:
    from dltutor.events import Event, Routine
    from dltutor.training.run import Run
    from dltutor_plugins.chapter09_gru.config import Config


def train(config: Config, run: Run) -> Routine:
    """Trains the reader, measures it and its rivals on held-out reviews."""
    reviews = load(run.data, config.reviews)
    known = vocabulary(reviews.train.texts, config.characters)
    run.keep(characters=known.characters, classes=list(reviews.classes))
    train_set, val_set, test_set = (
        labelled(part, known, config.longest, run.device)
        for part in reviews[:3]
    )
    model = build(config, len(reviews.classes))
    optimiser, schedule = optimisation(model, config, len(train_set.y))
    model, optimiser, schedule = run.setup(model, optimiser, schedule)

    lengths = count(train_set.x).tolist() if config.bucket else None
    size = config.batch_size
    for _ in run.epochs(config.epochs):
        model.train()
        for x, y in run.batches(train_set, size, lengths=lengths):
            x = hide(trim(x), config.hide)  # (B, T)
            loss = F.cross_entropy(model(x), y)
            optimiser.zero_grad()
            run.backward(loss)  # loss.backward(), in the run's precision
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            yield Step(samples=len(y), loss=loss)
        measures = evaluate(all_logits(model, val_set), val_set.y, "val")
        yield Metrics(train_loss=run.mean("loss"), **measures)

    run.load_best()  # the epoch with the best val_accuracy
    logits = all_logits(model, test_set)
    yield from show(logits, reviews, run.lang)
    return (yield from final(logits, reviews, run))


def final(
    logits: Tensor, reviews: Reviews, run: Run
) -> Generator[Event, None, Mapping[str, float]]:
    """The figures on the test set, and those of the rivals."""
    y = torch.tensor(reviews.test.y, device=logits.device)
    rivals = yield from baselines(reviews, run.data.kind, run.lang)
    return {
        **evaluate(logits, y, "test"),
        "f1": f1(logits.argmax(dim=1).tolist(), reviews.test.y),
        **rivals,
    }


def optimisation(
    model: Reader, config: Config, reviews: int
) -> tuple[torch.optim.Optimizer, OneCycleLR]:
    """AdamW, and a learning rate that rises to ``lr`` and falls to 0."""
    optimiser = torch.optim.AdamW(
        model.parameters(), lr=config.lr, weight_decay=config.weight_decay
    )
    steps = config.epochs * math.ceil(reviews / config.batch_size)
    return optimiser, OneCycleLR(optimiser, config.lr, total_steps=steps)


def trim(x: Tensor) -> Tensor:
    """Cuts (B, T) down to the longest review of the batch."""
    return x[:, : int(count(x).max())]


def hide(x: Tensor, share: float) -> Tensor:
    """Makes characters of (B, T) unknown, so that no single one is all."""
    hidden = (torch.rand(x.shape, device=x.device) < share) & (x != PAD)
    return x.masked_fill(hidden, UNKNOWN)


@torch.inference_mode()  # no gradients: less memory, and faster
def all_logits(model: nn.Module, data: LabelledSet) -> Tensor:
    """Logits (N, classes) of a set in its order, without dropout."""
    model.eval()
    by_length = count(data.x).argsort()
    parts = [model(trim(data.x[p])) for p in torch.split(by_length, 256)]
    logits = torch.cat(parts).float()
    return logits[by_length.argsort()]  # back into the set's order


def evaluate(logits: Tensor, y: Tensor, name: str) -> dict[str, float]:
    """Mean loss and accuracy over all of a set: val_loss and so on."""
    right = logits.argmax(dim=1) == y
    return {
        f"{name}_loss": F.cross_entropy(logits, y).item(),
        f"{name}_accuracy": right.sum().item() / len(right),
    }
