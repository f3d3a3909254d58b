"""The training of chapter 5: the loop of chapter 3 with another network."""

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
from dltutor_plugins.chapter05_cnn.compare import (
    accuracy_when_shifted,
    side_by_side,
)
from dltutor_plugins.chapter05_cnn.data import LabelledSet, load, prepare
from dltutor_plugins.chapter05_cnn.model import CNN

if TYPE_CHECKING:
    from dltutor.events import Routine
    from dltutor.training.run import Run
    from dltutor_plugins.chapter05_cnn.config import Config

MOST_SHOWN = 40
"""classes; a larger confusion matrix fits no terminal"""


def train(config: Config, run: Run) -> Routine:
    """Trains a convolutional network and compares what it costs."""
    train_set, val_set, test_set, classes = load(run.data, run.device)
    run.keep(classes=list(classes), framed=run.data.kind != "path")
    yield from run.overlap(train_set.x, test_set.x)

    model = CNN(config.variant, config.head, len(classes))
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
    yield from show(model, test_set, classes, run)
    test_loss, test_accuracy = evaluate(model, test_set)
    return {
        "test_accuracy": test_accuracy,
        "test_loss": test_loss,
        "baseline_least_squares": least_squares(train_set, test_set),
    }


def optimisation(
    model: nn.Module, config: Config, pictures: int
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
    """Moves a batch (B, 1, 28, 28) by up to ``most`` pixels each way."""
    down, right = torch.randint(2 * most + 1, (2,)).tolist()
    padded = F.pad(x, (most, most, most, most))
    return padded[..., down : down + 28, right : right + 28]


@torch.inference_mode()
def all_logits(model: nn.Module, x: Tensor) -> Tensor:
    """Pictures (N, 1, 28, 28) to logits (N, classes), in pieces."""
    model.eval()
    parts = torch.split(x, 1_000)  # the maps take more room than pictures
    return torch.cat([model(prepare(part)).float() for part in parts])


def evaluate(model: nn.Module, data: LabelledSet) -> tuple[float, float]:
    """Mean loss and accuracy over all of a set."""
    logits = all_logits(model, data.x)
    right = logits.argmax(dim=1) == data.y
    loss = F.cross_entropy(logits, data.y)
    return loss.item(), right.sum().item() / len(right)


def least_squares(train_set: LabelledSet, test_set: LabelledSet) -> float:
    """Test accuracy of weighted sums of pixels, by the normal equation."""
    x = F.pad(prepare(train_set.x).flatten(1), (0, 1), value=1)  # bias
    targets = F.one_hot(train_set.y).float()  # (N, classes)
    ridge = 1e-3 * len(x) * torch.eye(785, device=x.device)
    weights = torch.linalg.solve(x.T @ x + ridge, x.T @ targets)
    test = F.pad(prepare(test_set.x).flatten(1), (0, 1), value=1)
    said = (test @ weights).argmax(dim=1)
    right = int((said == test_set.y).sum())
    return right / len(said)


def show(
    model: nn.Module,
    test_set: LabelledSet,
    classes: tuple[str, ...],
    run: Run,
) -> Iterator[Event]:
    """Mistakes, the price of a shift, and the networks side by side."""
    said = all_logits(model, test_set.x).argmax(dim=1)
    right = int((said == test_set.y).sum())
    if len(classes) <= MOST_SHOWN:
        yield Show("confusion", confusion(said, test_set.y, classes))
    yield Show("most_confused", most_confused(said, test_set.y, classes))

    def accuracy(x: Tensor) -> float:
        hit = all_logits(model, x).argmax(dim=1) == test_set.y
        return hit.sum().item() / len(hit)

    yield Show("shifted", accuracy_when_shifted(accuracy, test_set.x))
    yield Show("networks", side_by_side(run, len(classes)))
    yield Say(interval_text(right, len(said), run.lang))
