"""The training, as the lesson shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

from dltutor.events import Metrics, Say, Step

from .data import points
from .model import Line

if TYPE_CHECKING:
    from dltutor.events import Routine
    from dltutor.training.run import Run

    from .config import Config


def train(config: Config, run: Run) -> Routine:
    x, y = points(config.points, config.noise, run.seed)
    x, y = x.to(run.device), y.to(run.device)  # (N, 1), (N, 1)
    # a fifth to test on, a fifth to validate, the rest to train on
    test, rest = len(x) // 5, len(x) // 5 * 2
    train_set = (x[rest:], y[rest:])
    model = Line()
    optimiser = torch.optim.SGD(model.parameters(), lr=config.lr)
    model, optimiser = run.setup(model, optimiser)

    for _ in run.epochs(config.epochs):
        model.train()
        for batch_x, batch_y in run.batches(train_set, config.batch_size):
            optimiser.zero_grad()
            loss = functional.mse_loss(model(batch_x), batch_y)
            run.backward(loss)
            optimiser.step()
            yield Step(samples=len(batch_x), loss=loss)
        yield Metrics(val_loss=evaluate(model, x[test:rest], y[test:rest]))

    run.load_best()
    w, b = (p.item() for p in model.parameters())
    yield Say(f"y = {w:.3f} x + {b:.3f}")
    mean = y[rest:].mean()  # what one would say of any x without a model
    return {
        "test_loss": evaluate(model, x[:test], y[:test]),
        "baseline_mean": (y[:test] - mean).square().mean().item(),
    }


@torch.inference_mode()
def evaluate(model: nn.Module, x: Tensor, y: Tensor) -> float:
    """Mean squared error over a whole set."""
    model.eval()
    return functional.mse_loss(model(x), y).item()
