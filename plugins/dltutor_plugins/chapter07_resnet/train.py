"""The training of chapter 7: one loop, read from top to bottom."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim.lr_scheduler import LambdaLR

from dltutor.chapter import pick
from dltutor.events import Event, Metrics, Say, Show, Step, Warn
from dltutor.measure import confusion, interval_text, most_confused
from dltutor_plugins.chapter07_resnet.augment import augment
from dltutor_plugins.chapter07_resnet.data import (
    WHOLE,
    LabelledSet,
    Pictures,
    load,
    prepare,
)
from dltutor_plugins.chapter07_resnet.fast import ResNet9, whiten
from dltutor_plugins.chapter07_resnet.zoo import network

if TYPE_CHECKING:
    from dltutor.data.roots import DataChoice
    from dltutor.events import Routine
    from dltutor.training.run import Run
    from dltutor_plugins.chapter07_resnet.config import Config

MOST_SHOWN = 40
"""classes; a larger matrix fits no terminal"""
EVERY = 5
"""steps from one update of the average weights to the next"""


def train(config: Config, run: Run) -> Routine:
    """Trains a network with or without shortcuts, and measures it."""
    data = load(run.data, run.device)
    train_set = some(data.train, config.pictures)
    val_set, test_set = data.val, data.test
    run.keep(classes=list(data.classes))
    yield from describe(run.data, data, len(train_set.y), run.lang)
    yield from run.overlap(train_set.x, test_set.x)

    net = begin(config, train_set, len(data.classes))
    average = copy.deepcopy(net).to(run.device)
    optimiser, schedule = optimisation(net, config, len(train_set.y))
    model, optimiser, schedule = run.setup(net, optimiser, schedule)
    if config.average:
        run.register(average=average)
    measured = average if config.average else model

    for _ in run.epochs(config.epochs):
        model.train()
        for x, y in run.batches(train_set, config.batch_size):
            logits = model(prepare(augment(x, config)))  # (B, classes)
            smoothing = config.smoothing
            loss = F.cross_entropy(logits, y, label_smoothing=smoothing)
            optimiser.zero_grad()
            run.backward(loss)  # loss.backward(), in the run's precision
            optimiser.step()
            schedule.step()
            if config.average and schedule.last_epoch % EVERY == 0:
                follow(average, net, config.average)
            yield Step(samples=len(y), loss=loss)
        measures = evaluate(measured, val_set, "val", config)
        yield Metrics(train_loss=run.mean("loss"), **measures)

    run.load_best()  # the epoch with the best val_accuracy
    yield from show(measured, test_set, data.classes, config, run.lang)
    return {
        **evaluate(measured, test_set, "test", config),
        "baseline_nearest_mean": nearest_mean(train_set, test_set),
    }


def begin(
    config: Config, train_set: LabelledSet, classes: int
) -> nn.Module:
    """The network before its first step."""
    model = network(config, classes)
    if config.whiten and isinstance(model, ResNet9):
        whiten(model, prepare(some(train_set, 2000).x))
    return model


def some(data: LabelledSet, most: int) -> LabelledSet:
    """The set, or ``most`` of it, always the same ones; 0 means all."""
    if most == 0 or most >= len(data.y):
        return data
    order = torch.randperm(
        len(data.y), generator=torch.Generator().manual_seed(2026)
    )
    chosen = order[:most].to(data.y.device)
    return LabelledSet(data.x[chosen], data.y[chosen])


def optimisation(
    model: nn.Module, config: Config, pictures: int
) -> tuple[torch.optim.Optimizer, LambdaLR]:
    """SGD with Nesterov's momentum, and a schedule of the learning rate."""
    optimiser = torch.optim.SGD(
        [p for p in model.parameters() if p.requires_grad],
        lr=config.lr,
        momentum=config.momentum,
        weight_decay=config.weight_decay,
        nesterov=config.momentum > 0,
    )
    steps = config.epochs * math.ceil(pictures / config.batch_size)
    return optimiser, LambdaLR(
        optimiser, lambda step: rate(step / steps, config.schedule)
    )


RISE = 0.25
"""share of the training in which the triangle rises"""


def rate(done: float, schedule: str) -> float:
    """The learning rate, as a share of its peak, when ``done`` is done."""
    if schedule == "triangle":
        up, down = done / RISE, (1 - done) / (1 - RISE)
        return max(min(up, down), 0.01)
    if schedule == "steps":
        return 1.0 if done < 0.5 else 0.1 if done < 0.75 else 0.01
    return 1.0


@torch.no_grad()
def follow(average: nn.Module, model: nn.Module, decay: float) -> None:
    """Moves the average towards the model, ``EVERY`` steps at once.

    BatchNorm's means and variances are averaged along with the weights;
    its count of batches is no weight and is copied.
    """
    theirs = model.state_dict()
    for name, mine in average.state_dict().items():
        if mine.is_floating_point():
            mine.lerp_(theirs[name], 1 - decay**EVERY)
        else:
            mine.copy_(theirs[name])


@torch.inference_mode()
def all_logits(model: nn.Module, x: Tensor, mirror: bool) -> Tensor:
    """Pictures (N, 3, 32, 32) to logits (N, classes); evaluation mode."""
    model.eval()
    parts = []
    for part in torch.split(x, 500):  # at a time, so that memory suffices
        logits = model(prepare(part)).float()
        if mirror:
            other = model(prepare(part.flip(3))).float()
            logits = (logits + other) / 2
        parts.append(logits)
    return torch.cat(parts)


def evaluate(
    model: nn.Module, data: LabelledSet, name: str, config: Config
) -> dict[str, float]:
    """Mean loss and accuracy over all of a set: val_loss and so on."""
    logits = all_logits(model, data.x, config.mirror_test)
    right = logits.argmax(dim=1) == data.y
    loss = F.cross_entropy(logits, data.y)
    return {
        f"{name}_loss": loss.item(),
        f"{name}_accuracy": right.sum().item() / len(right),
    }


def nearest_mean(train_set: LabelledSet, test_set: LabelledSet) -> float:
    """Test accuracy of a simple rule: the class whose mean is nearest."""
    small, y = train_set.x.float().flatten(1), train_set.y
    classes = range(int(y.max()) + 1)
    means = torch.stack([small[y == k].mean(dim=0) for k in classes])
    distances = torch.cdist(test_set.x.float().flatten(1), means)
    said = distances.argmin(dim=1)  # from (N, classes) to (N,)
    return (said == test_set.y).sum().item() / len(said)


def describe(
    choice: DataChoice, data: Pictures, used: int, lang: str
) -> Iterator[Event]:
    """How many pictures there are; and a warning where they are not all."""
    n, val, test = (len(part.y) for part in data[:3])
    text = {
        "en": f"{used:,} pictures to train, {val:,} to validate,"
        f" {test:,} to test",
        "zh": f"训练 {used:,} 张，验证 {val:,} 张，测试 {test:,} 张图片",
    }
    yield Say(pick(text, lang))
    if choice.kind == "full" and (n + val, test) != WHOLE:
        text = {
            "en": f"this is a subset of CIFAR-10: {n + val:,} of"
            f" {WHOLE[0]:,} pictures to train with and {test:,} of"
            f" {WHOLE[1]:,} to test",
            "zh": f"这是 CIFAR-10 的子集：训练图片 {WHOLE[0]:,} 张中的"
            f" {n + val:,} 张，测试图片 {WHOLE[1]:,} 张中的 {test:,} 张",
        }
        yield Warn(pick(text, lang))


def show(
    model: nn.Module,
    test_set: LabelledSet,
    classes: tuple[str, ...],
    config: Config,
    lang: str,
) -> Iterator[Event]:
    """The confusions, and the accuracy's interval."""
    logits = all_logits(model, test_set.x, config.mirror_test)
    said = logits.argmax(dim=1)
    right = int((said == test_set.y).sum())
    if len(classes) <= MOST_SHOWN:
        yield Show("confusion", confusion(said, test_set.y, classes))
    yield Show("most_confused", most_confused(said, test_set.y, classes))
    yield Say(interval_text(right, len(said), lang))
