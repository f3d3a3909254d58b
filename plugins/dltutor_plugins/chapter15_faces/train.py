"""The training of chapter 15: one loop, read from top to bottom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim.lr_scheduler import OneCycleLR

from dltutor.events import Metrics, Step
from dltutor_plugins.chapter15_faces import baselines, losses, protocol
from dltutor_plugins.chapter15_faces.data import People, hold_out, load
from dltutor_plugins.chapter15_faces.model import Embedder, embed
from dltutor_plugins.chapter15_faces.report import report
from dltutor_plugins.chapter15_faces.roc import (
    Pairs,
    all_pairs,
    equal_error,
    roc,
)

if TYPE_CHECKING:
    from dltutor.events import Routine
    from dltutor.training.run import Run
    from dltutor_plugins.chapter15_faces.config import Config

STEPS = 20
"""in an epoch"""


def train(config: Config, run: Run) -> Routine:
    """Trains on some people, measures on people it has never seen."""
    people = load(run.data, config.landmarks)
    listed = protocol.find(run.data)  # LFW's 6,000 pairs, or None
    folds = protocol.people_of(listed, people.names) if listed else None
    train_set, val_set, test_set = hold_out(people, config.split, folds)
    run.keep(trained_on=[people.names[i] for i in set(train_set.y)])
    test_x = torch.from_numpy(test_set.x)
    yield from run.overlap(torch.from_numpy(train_set.x), test_x)
    x, y = on_device(train_set, run)
    model = Embedder(config.width, config.embedding)
    centres = losses.Margin(config.embedding, int(y.max()) + 1)
    parts = model, centres, *optimisation(model, centres, config)
    model, centres, optimiser, schedule = run.setup(*parts)
    sampler = Sampler(y, config.pictures)

    for _ in run.epochs(config.epochs):
        model.train()
        for chosen in run.indices(STEPS * config.people, config.people):
            places = sampler.draw(chosen)  # (people * pictures,)
            faces = disturb(x[places], config.augment)
            z = model(faces)  # (B, 128): one network for both of a pair
            loss = losses.of(config, centres, z, y[places])
            optimiser.zero_grad()
            run.backward(loss)
            optimiser.step()
            schedule.step()
            yield Step(samples=len(places), loss=loss)
        rate, threshold = validate(model, val_set, run)
        run.keep(threshold=threshold)
        yield Metrics(
            train_loss=run.mean("loss"), val_equal_error_rate=rate
        )

    # the last weights: a few people are too few to choose an epoch by
    threshold = validate(model, val_set, run)[1]
    compared = compare(model, test_set, run)
    if listed:  # 600 pairs of the fold instead of all
        compared = protocol.only(compared, listed[config.split], test_set)
    return (yield from report(compared, test_set, threshold, run.lang))


def validate(
    model: nn.Module, people: People, run: Run
) -> tuple[float, float]:
    """The equal error rate, and the distance at which it lies."""
    pairs = distances_of(model, people, run)
    return equal_error(roc(pairs.distance, pairs.same))


def compare(model: nn.Module, people: People, run: Run) -> dict[str, Pairs]:
    """All pairs as the network sees them, and two ways without one."""
    return {
        "network": distances_of(model, people, run),
        "pixels": all_pairs(baselines.pixels(people.x), people.y),
        "hog": all_pairs(baselines.hog(people.x), people.y),
    }


def optimisation(
    model: nn.Module, centres: nn.Module, config: Config
) -> tuple[torch.optim.Optimizer, OneCycleLR]:
    """AdamW, and a learning rate that rises to ``lr`` and falls to 0."""
    parameters = [*model.parameters(), *centres.parameters()]
    optimiser = torch.optim.AdamW(
        parameters, lr=config.lr, weight_decay=0.05
    )
    steps = config.epochs * STEPS
    return optimiser, OneCycleLR(optimiser, config.lr, total_steps=steps)


def on_device(people: People, run: Run) -> tuple[Tensor, Tensor]:
    """Pictures (N, 1, 56, 48) and people (N,) counted from 0."""
    _, y = torch.unique(torch.from_numpy(people.y), return_inverse=True)
    x = torch.from_numpy(people.x).unsqueeze(1)
    return x.to(run.device), y.to(run.device)


class Sampler:
    """Draws batches of P people with K pictures of each."""

    def __init__(self, y: Tensor, pictures: int) -> None:
        counts = y.bincount()
        self.order = y.argsort(stable=True)  # person after person
        self.first = counts.cumsum(0) - counts
        self.people = torch.nonzero(counts > 1)[:, 0]
        self.counts, self.pictures = counts, pictures

    def draw(self, slots: Tensor) -> Tensor:
        """Slots (P,) to places of pictures (P * K,).

        A slot stands for a person. No picture comes twice where a person
        has K of them.
        """
        slots = slots.to(self.people.device)
        person = self.people[slots % len(self.people)]
        count = self.counts[person, None]  # (P, 1)
        # K different numbers below the person's count
        most = max(self.pictures, int(self.counts.max()))
        keys = torch.rand(len(person), most, device=person.device)
        places = torch.arange(most, device=person.device)
        keys = keys + 2 * (places >= count)  # theirs come first
        rank = keys.argsort(dim=1)[:, : self.pictures] % count
        return self.order[self.first[person, None] + rank].flatten()


def disturb(x: Tensor, strength: float) -> Tensor:
    """Bytes (B, 1, H, W) to floats, 0 to 1, each changed at random.

    Turned, scaled, moved, mirrored, lit: what does not change who it is.
    """
    faces, n = x.float() / 255, len(x)
    if strength == 0:
        return faces
    r = strength * (2 * torch.rand(6, n, device=x.device) - 1)
    angle, scale = 0.17 * r[0], 1 + 0.10 * r[1]
    flip = torch.randint(2, (n,), device=x.device) * 2 - 1
    c, s = angle.cos() * scale, angle.sin() * scale
    theta = torch.stack(
        [c * flip, -s, 0.10 * r[2], s * flip, c, 0.10 * r[3]]
    )
    theta = theta.T.reshape(n, 2, 3)
    grid = F.affine_grid(theta, list(faces.shape), align_corners=False)
    moved = F.grid_sample(
        faces, grid, padding_mode="border", align_corners=False
    )
    contrast = 1 + 0.3 * r[4].view(n, 1, 1, 1)
    return (moved - 0.5) * contrast + 0.5 + 0.2 * r[5].view(n, 1, 1, 1)


def distances_of(model: nn.Module, people: People, run: Run) -> Pairs:
    """The network's distances of all pairs of some people's pictures."""
    z = embed(model, torch.from_numpy(people.x).to(run.device))
    return all_pairs(losses.distances(z).cpu().numpy(), people.y)
