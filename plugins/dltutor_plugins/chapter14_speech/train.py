"""The training of chapter 14: one loop, read from top to bottom."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim.lr_scheduler import OneCycleLR

from dltutor.events import Metrics, Step
from dltutor_plugins.chapter14_speech.augment import spec_augment
from dltutor_plugins.chapter14_speech.data import LabelledSet, Sets, load
from dltutor_plugins.chapter14_speech.model import build
from dltutor_plugins.chapter14_speech.prepare import (
    BACKGROUND,
    for_training,
    labelled,
)
from dltutor_plugins.chapter14_speech.show import describe, show, streams

if TYPE_CHECKING:
    from dltutor.events import Routine
    from dltutor.training.run import Run
    from dltutor_plugins.chapter14_speech.config import Config

COMPARED = 20_000
"""clips; comparing every one of a larger set costs too much memory"""


def train(config: Config, run: Run) -> Routine:
    """Trains the listener, measures it on speakers and on streams."""
    clips = load(run.data, config.leave_out)
    other = (BACKGROUND,) if config.background else ()
    classes = (*clips.words, *other)
    run.keep(classes=list(classes), words=len(clips.words))
    yield from describe(run.data, clips, run.lang)
    train_set, val_set, test_set = three_sets(clips, classes, config, run)
    if len(train_set.y) <= COMPARED:
        yield from run.overlap(train_set.x, test_set.x)

    model = build(config, len(classes))
    model.measure_spread(train_set.x, train_set.lengths)
    optimiser, schedule = optimisation(model, config, len(train_set.y))
    model, optimiser, schedule = run.setup(model, optimiser, schedule)

    for _ in run.epochs(config.epochs):
        model.train()
        for x, lengths, y in run.batches(train_set, config.batch_size):
            x = x.float()  # (B, 101, 40)
            x = spec_augment(x, config.mask_time, config.mask_bands)
            logits = model(x, lengths)  # (B, classes)
            loss = F.cross_entropy(logits, y)
            optimiser.zero_grad()
            run.backward(loss)  # loss.backward(), in the run's precision
            optimiser.step()
            schedule.step()
            yield Step(samples=len(y), loss=loss)
        measures = evaluate(model, val_set, "val")
        yield Metrics(train_loss=run.mean("loss"), **measures)

    run.load_best()  # the epoch with the best val_accuracy
    said = all_logits(model, test_set).argmax(dim=1)
    yield from show(said, test_set.y, clips, classes, run.lang)
    rates = yield from streams(model, clips, config, run.lang)
    return {
        **evaluate(model, test_set, "test"),
        "baseline_nearest_mean": nearest_mean(train_set, test_set),
        **rates,
    }


def three_sets(
    clips: Sets, classes: tuple[str, ...], config: Config, run: Run
) -> tuple[LabelledSet, LabelledSet, LabelledSet]:
    """Features of all clips, computed once and kept on the device."""
    return (
        for_training(clips.train, classes, config, run.seed, run.device),
        labelled(clips.val, classes, run.device),
        labelled(clips.test, classes, run.device),
    )


def optimisation(
    model: nn.Module, config: Config, clips: int
) -> tuple[torch.optim.Optimizer, OneCycleLR]:
    """AdamW, and a learning rate that rises to ``lr`` and falls to 0."""
    optimiser = torch.optim.AdamW(
        model.parameters(), lr=config.lr, weight_decay=config.weight_decay
    )
    steps = config.epochs * math.ceil(clips / config.batch_size)
    return optimiser, OneCycleLR(optimiser, config.lr, total_steps=steps)


@torch.inference_mode()
def all_logits(model: nn.Module, data: LabelledSet) -> Tensor:
    """Logits (N, classes) of a set, without dropout."""
    model.eval()
    parts = zip(
        torch.split(data.x, 256),
        torch.split(data.lengths, 256),
        strict=True,
    )
    return torch.cat([model(x.float(), n).float() for x, n in parts])


def evaluate(
    model: nn.Module, data: LabelledSet, name: str
) -> dict[str, float]:
    """Mean loss and accuracy over all of a set: val_loss and so on."""
    logits = all_logits(model, data)
    right = logits.argmax(dim=1) == data.y
    return {
        f"{name}_loss": F.cross_entropy(logits, data.y).item(),
        f"{name}_accuracy": right.sum().item() / len(right),
    }


def nearest_mean(train_set: LabelledSet, test_set: LabelledSet) -> float:
    """Test accuracy of a simple rule: the word whose mean is nearest.

    The features of a clip are first stretched to 20 frames.
    """
    known, asked = (stretched(s, 20) for s in (train_set, test_set))
    y = train_set.y
    present = torch.unique(y)
    means = torch.stack([known[y == k].mean(dim=0) for k in present])
    said = present[torch.cdist(asked, means).argmin(dim=1)]
    return int((said == test_set.y).sum()) / len(said)


def stretched(data: LabelledSet, frames: int) -> Tensor:
    """Each clip's frames that are there as ``frames`` of them: (N, D)."""
    share = torch.arange(frames, device=data.x.device) / (frames - 1)
    place = (share * (data.lengths[:, None] - 1)).round().long()
    which = torch.arange(len(data.y), device=data.x.device)[:, None]
    return data.x[which, place].float().flatten(1)
