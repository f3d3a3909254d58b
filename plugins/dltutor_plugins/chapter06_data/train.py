"""The training of chapter 6: one loop, fed by a DataLoader or by tensors."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim.lr_scheduler import OneCycleLR

from dltutor.data.digits import load
from dltutor.events import Event, Metrics, Say, Show, Step
from dltutor.measure import confusion, interval_text, most_confused
from dltutor.views import Picture
from dltutor_plugins.chapter06_data.board import Board
from dltutor_plugins.chapter06_data.data import (
    Pictures,
    Whole,
    augmentation,
    prepare,
    whole,
)
from dltutor_plugins.chapter06_data.loader import feed
from dltutor_plugins.chapter06_data.model import SmallCNN
from dltutor_plugins.chapter06_data.show import before_and_after, mistakes

if TYPE_CHECKING:
    from dltutor.events import Routine
    from dltutor.training.run import Run
    from dltutor_plugins.chapter06_data.config import Config

MOST_SHOWN = 40
"""classes; a larger matrix fits no terminal"""


def train(config: Config, run: Run) -> Routine:
    """Trains the network and writes what happens for TensorBoard too."""
    digits = load(run.data)
    classes = digits.classes
    train_set = Pictures(
        digits.train, augmentation(config.augment), run.seed
    )
    val_set = whole(digits.val, run.device)
    test_set = whole(digits.test, run.device)
    run.keep(classes=list(classes), framed=run.data.kind != "path")
    yield from run.overlap(train_set.x, test_set.x.cpu())

    model = SmallCNN(len(classes))
    board = Board(run)
    board.graph(model, torch.zeros(1, 1, 28, 28))
    if run.at.step == 0:
        sheet, caption = before_and_after(train_set, classes)
        board.picture("augmented", sheet)
        yield Show("augmented", Picture.of(sheet, caption))
    optimiser, schedule = optimisation(model, config, len(train_set))
    model, optimiser, schedule = run.setup(model, optimiser, schedule)

    for epoch in run.epochs(config.epochs):
        model.train()
        batches = feed(run, train_set, config, epoch)
        for x, y in batches:  # (B, 1, 28, 28) uint8 and (B,)
            loss = F.cross_entropy(model(prepare(x)), y)
            optimiser.zero_grad()
            run.backward(loss)
            optimiser.step()
            board.step(loss)
            schedule.step()
            yield Step(samples=len(y), loss=loss)
        logits = all_logits(model, val_set.x)
        val_loss, val_accuracy = loss_and_accuracy(logits, val_set.y)
        train_loss = run.mean("loss")
        board.epoch(
            train_loss=train_loss,
            val_loss=val_loss,
            val_accuracy=val_accuracy,
        )
        board.picture("mistakes", mistakes(logits, val_set, classes)[0])
        yield Metrics(
            train_loss=train_loss,
            val_loss=val_loss,
            val_accuracy=val_accuracy,
        )

    run.load_best()
    board.close()
    logits = all_logits(model, test_set.x)
    yield from show(logits, test_set, classes, run.lang)
    test_loss, test_accuracy = loss_and_accuracy(logits, test_set.y)
    return {"test_accuracy": test_accuracy, "test_loss": test_loss}


def optimisation(
    model: nn.Module, config: Config, pictures: int
) -> tuple[torch.optim.Optimizer, OneCycleLR]:
    """AdamW, and a learning rate that rises to ``lr`` and falls to 0."""
    optimiser = torch.optim.AdamW(model.parameters(), lr=config.lr)
    steps = config.epochs * math.ceil(pictures / config.batch_size)
    return optimiser, OneCycleLR(optimiser, config.lr, total_steps=steps)


@torch.inference_mode()
def all_logits(model: nn.Module, x: Tensor) -> Tensor:
    """Pictures (N, 1, 28, 28) to logits (N, classes), without dropout."""
    model.eval()
    parts = torch.split(x, 2_000)  # at a time, so that memory suffices
    return torch.cat([model(prepare(part)).float() for part in parts])


def loss_and_accuracy(logits: Tensor, y: Tensor) -> tuple[float, float]:
    """Means over all pictures, not over the means of batches."""
    loss = F.cross_entropy(logits, y).item()
    return loss, (logits.argmax(dim=1) == y).sum().item() / len(y)


def show(
    logits: Tensor, data: Whole, classes: tuple[str, ...], lang: str
) -> Iterator[Event]:
    """The confusions, the worst mistakes, and the accuracy's interval."""
    said = logits.argmax(dim=1)
    right = int((said == data.y).sum())
    if len(classes) <= MOST_SHOWN:
        yield Show("confusion", confusion(said, data.y, classes))
    yield Show("most_confused", most_confused(said, data.y, classes))
    yield Show("mistakes", Picture.of(*mistakes(logits, data, classes)))
    yield Say(interval_text(right, len(said), lang))
