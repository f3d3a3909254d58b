"""A routine with everything that a resumed run could get wrong, and faults on demand."""

import random
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from dltutor.errors import DataError
from dltutor.events import Metrics, Say, Show, Step
from dltutor.views import Picture


def data(config, device):
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(config.samples, 16, generator=generator)
    y = (x[:, 0] * x[:, 1] > 0).long()
    return x.to(device), y.to(device)


def network(config):
    if config.conv:
        body = [nn.Unflatten(1, (1, 4, 4)), nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Flatten()]
        wide = 128
    else:
        body, wide = [nn.Linear(16, config.hidden), nn.ReLU()], config.hidden
    return nn.Sequential(*body, nn.Dropout(config.dropout), nn.Linear(wide, 2))


def train(config, run):
    if config.fault == "data":
        raise DataError("the data are gone", "bring them back")
    x, y = data(config, run.device)
    model = network(config)
    optimiser = torch.optim.AdamW(model.parameters(), lr=config.lr)
    steps = config.epochs * -(-config.samples // config.batch_size)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, T_max=steps)
    model, optimiser, schedule = run.setup(model, optimiser, schedule)
    run.keep(classes=["no", "yes"])
    yield Say("begin")
    yield from run.overlap(x, x[:3])
    for count, part in ((config.first, len(x) // 2), (config.first + config.epochs, len(x))):
        for _ in run.epochs(count):
            # numbers of all three generators, drawn outside the loop over batches
            drawn = torch.randn(1).item() + random.random() + np.random.rand()
            model.train()
            for a, b in run.batches((x[:part], y[:part]), config.batch_size):
                if config.oom_above and len(a) > config.oom_above:
                    raise torch.OutOfMemoryError("pretended")
                if config.noise:
                    a = a + config.noise * (0.1 * drawn + torch.randn_like(a))
                optimiser.zero_grad()
                loss = F.cross_entropy(model(a), b)
                if config.fault == "nan" and run.at.step == 40:
                    loss = loss * float("nan")
                if config.fault == "raise" and run.at.step == 40:
                    raise RuntimeError("a chapter's own fault")
                run.backward(loss)
                optimiser.step()
                schedule.step()
                if config.sleep:
                    time.sleep(config.sleep)
                yield Step(samples=len(a), loss=loss)
            model.eval()
            with torch.inference_mode():
                accuracy = (model(x).argmax(1) == y).float().mean()
            yield Metrics(train_loss=run.mean("loss"), val_accuracy=accuracy)
            yield Show("first", Picture.of(x[0].reshape(4, 4).sigmoid()))
    run.load_best()
    model.eval()
    with torch.inference_mode():
        return {"test_accuracy": (model(x).argmax(1) == y).float().mean()}
