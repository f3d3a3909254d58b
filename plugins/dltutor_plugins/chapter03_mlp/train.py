"""The training of chapter 3: one loop, read from top to bottom."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim.lr_scheduler import OneCycleLR

from dltutor.events import Event, Metrics, Say, Show, Step
from dltutor.measure import confusion, interval_text, most_confused
from dltutor_plugins.chapter03_mlp.data import LabelledSet, load, prepare
from dltutor_plugins.chapter03_mlp.model import MLP
from dltutor_plugins.chapter03_mlp.show import MOST_SHOWN, worst_mistakes

if TYPE_CHECKING:
    from dltutor.events import Routine
    from dltutor.training.run import Run
    from dltutor_plugins.chapter03_mlp.config import Config


def train(config: Config, run: Run) -> Routine:
    """Trains the perceptron, measures it on pictures it has never seen."""
    train_set, val_set, test_set, classes = load(run.data, run.device)
    run.keep(classes=list(classes), framed=run.data.kind != "path")
    yield from run.overlap(train_set.x, test_set.x)

    hidden1, hidden2 = config.hidden1, config.hidden2
    model = MLP(hidden1, hidden2, len(classes), config.dropout)
    optimiser, schedule = optimisation(model, config, len(train_set.y))
    model, optimiser, schedule = run.setup(model, optimiser, schedule)

    for _ in run.epochs(config.epochs):
        model.train()
        for x, y in run.batches(train_set, config.batch_size):  # shuffled
            logits = model(prepare(shift(x, config.shift)))  # (B, 10)
            loss = F.cross_entropy(logits, y)
            optimiser.zero_grad()
            run.backward(loss)  # loss.backward(), in the run's precision
            optimiser.step()
            schedule.step()
            yield Step(samples=len(y), loss=loss)
        val_loss, val_accuracy = evaluate(model, val_set)
        yield Metrics(
            train_loss=run.mean("loss"),
            val_loss=val_loss,
            val_accuracy=val_accuracy,
        )

    run.load_best()  # the epoch with the best val_accuracy
    yield from show(model, test_set, classes, run.lang)
    test_loss, test_accuracy = evaluate(model, test_set)
    return {
        "test_accuracy": test_accuracy,
        "test_loss": test_loss,
        "baseline_nearest_mean": nearest_mean(train_set, test_set),
    }


def optimisation(
    model: MLP,
    config: Config,
    pictures: int,
) -> tuple[torch.optim.Optimizer, OneCycleLR]:
    """AdamW, and a learning rate that rises to ``lr`` and falls to 0."""
    optimiser = torch.optim.AdamW(
        model.parameters(),
        lr=config.lr,
        weight_decay=config.weight_decay,
    )
    steps = config.epochs * math.ceil(pictures / config.batch_size)
    return optimiser, OneCycleLR(optimiser, config.lr, total_steps=steps)


def shift(x: Tensor, most: int) -> Tensor:
    """Moves a batch (B, 1, 28, 28) by up to ``most`` pixels each way.

    One random move for the whole batch; the next batch gets another.
    """
    down, right = torch.randint(2 * most + 1, (2,)).tolist()
    padded = F.pad(x, (most, most, most, most))
    return padded[..., down : down + 28, right : right + 28]


@torch.inference_mode()
def all_logits(model: nn.Module, x: Tensor) -> Tensor:
    """Pictures (N, 1, 28, 28) to logits (N, 10), without dropout."""
    model.eval()
    parts = torch.split(x, 5_000)  # at a time, so that memory suffices
    return torch.cat([model(prepare(part)).float() for part in parts])


def evaluate(model: nn.Module, data: LabelledSet) -> tuple[float, float]:
    """Mean loss and accuracy over all of a set, not over its last batch."""
    logits = all_logits(model, data.x)
    right = logits.argmax(dim=1) == data.y
    loss = F.cross_entropy(logits, data.y)
    return loss.item(), right.sum().item() / len(right)


def nearest_mean(train_set: LabelledSet, test_set: LabelledSet) -> float:
    """Test accuracy of a simple rule: the class whose mean is nearest."""
    x, y = prepare(train_set.x).flatten(1), train_set.y
    classes = range(int(y.max()) + 1)
    means = torch.stack([x[y == k].mean(dim=0) for k in classes])
    distances = torch.cdist(prepare(test_set.x).flatten(1), means)
    said = distances.argmin(dim=1)  # from (N, 10) to (N,)
    return (said == test_set.y).sum().item() / len(said)


def show(
    model: nn.Module,
    test_set: LabelledSet,
    classes: tuple[str, ...],
    lang: str,
) -> Iterator[Event]:
    """The confusions, the worst mistakes, and the accuracy's interval."""
    logits = all_logits(model, test_set.x)
    said, truth = logits.argmax(dim=1), test_set.y
    if len(classes) <= MOST_SHOWN:
        yield Show("confusion", confusion(said, truth, classes))
    yield Show("most_confused", most_confused(said, truth, classes))
    yield Show("mistakes", worst_mistakes(logits, test_set, classes))
    yield Say(interval_text(int((said == truth).sum()), len(truth), lang))
