"""The training of chapter 4: twice the same, by hand and with autograd."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from dltutor.errors import UsageError
from dltutor.events import Event, Metrics, Step, Warn
from dltutor.i18n import local
from dltutor_plugins.chapter04_backprop import line, network, report
from dltutor_plugins.chapter04_backprop.byhand import (
    Array,
    LineByHand,
    Twin,
    XorByHand,
    largest_difference,
)
from dltutor_plugins.chapter04_backprop.data import load
from dltutor_plugins.chapter04_backprop.model import Line, Xor, create
from dltutor_plugins.chapter04_backprop.network import Weights
from dltutor_plugins.chapter04_backprop.optimisers import BY_HAND

if TYPE_CHECKING:
    from dltutor.data.roots import DataChoice
    from dltutor.events import Routine
    from dltutor.training.run import Run
    from dltutor_plugins.chapter04_backprop.config import Config


def train(config: Config, run: Run) -> Routine:
    """Two trainings from the same weights: NumPy's by hand, PyTorch's."""
    check(config, run)
    x, y = samples(config, run.data)
    model = create(config, run.seed)
    twin = by_hand(model, config)
    yield from warn(config, x)
    kind = torch.float32 if run.device.type == "mps" else torch.float64
    model = model.to(kind)  # Metal has no float64
    optimiser = in_torch(model, config)
    run.setup(model, optimiser)  # to the device, into checkpoints
    run.register(twin=twin)
    # the model itself is called, unwrapped: no precision but its own
    inputs = torch.from_numpy(x).to(run.device, kind)
    answers = torch.from_numpy(y).to(run.device, kind)

    size = config.batch_size or len(x)
    for epoch in run.epochs(config.epochs):
        for i in run.indices(len(x), size):  # shuffled
            loss = loss_of(model, inputs[i], answers[i])  # (S,)
            optimiser.zero_grad()
            run.backward(loss.sum())  # each network has its own
            twin.step(x[i.numpy()], y[i.numpy()], gradients(model))
            optimiser.step()
            yield Step(samples=len(i), loss=loss.mean())
        if is_measured(epoch, config.epochs):
            yield Metrics(**measure(model, inputs, answers))

    there = [p.detach().cpu().numpy() for p in model.parameters()]
    apart = largest_difference(twin.problem.weights, there)
    run.load_best()  # the moment with the least train_loss
    yield from report.show(model, x, y, run.seed, run.lang)
    return {
        **measure(model, inputs, answers),
        **report.metrics(model, x, y),
        "gradient_difference": twin.difference,
        "weight_difference": apart,
    }


def loss_of(model: nn.Module, x: Tensor, y: Tensor) -> Tensor:
    """The loss of each network (S,), or of the one line (1,)."""
    said = model(x)
    if isinstance(model, Line):
        return F.mse_loss(said, y).reshape(1) / 2
    losses = F.binary_cross_entropy_with_logits(
        said, y.expand_as(said), reduction="none"
    )  # (S, B, 1)
    return losses.mean(dim=(1, 2))


def gradients(model: nn.Module) -> list[Array]:
    """What autograd found, one array for each parameter."""
    found = [p.grad for p in model.parameters()]
    return [g.cpu().numpy() for g in found if g is not None]


def in_torch(model: nn.Module, config: Config) -> torch.optim.Optimizer:
    """PyTorch's optimiser of the configuration's name."""
    if config.optimiser == "adam":
        return torch.optim.Adam(model.parameters(), config.lr)
    momentum = 0.9 if config.optimiser == "momentum" else 0.0
    return torch.optim.SGD(model.parameters(), config.lr, momentum)


def by_hand(model: Xor | Line, config: Config) -> Twin:
    """The twin of the model: the same weights, no autograd."""
    weights = [p.detach().numpy().copy() for p in model.parameters()]
    problem = (
        LineByHand()
        if isinstance(model, Line)
        else XorByHand(Weights(*weights), config.activation)
    )
    return Twin(problem, BY_HAND[config.optimiser](config.lr))


def samples(config: Config, data: DataChoice) -> tuple[Array, Array]:
    """The four rows of XOR, or the points to fit."""
    if config.task == "line":
        return load(data)
    return network.X, network.Y


def is_measured(epoch: int, epochs: int) -> bool:
    """Some fifty times in a run, and at its end."""
    return (epoch + 1) % max(1, epochs // 50) == 0 or epoch + 1 == epochs


@torch.no_grad()
def measure(model: nn.Module, x: Tensor, y: Tensor) -> Mapping[str, float]:
    """The mean loss, and for XOR the share of networks that learnt it."""
    values = {"train_loss": float(loss_of(model, x, y).mean())}
    if isinstance(model, Xor):
        p = torch.sigmoid(model(x)).cpu().numpy()  # (S, 4, 1)
        values["share_learnt"] = float(network.learnt(p).mean())
    return values


def check(config: Config, run: Run) -> None:
    """Raises UsageError for what this chapter does not do."""
    if run.world > 1:
        many = {
            "en": "chapter 4 trains in one process: it has four samples",
            "zh": "第 4 章只用一个进程训练：它只有四个样本",
        }
        raise UsageError(local(many), local(_ONE))
    if config.task == "xor" and run.data.kind == "path":
        own = {
            "en": "--data PATH is for the line; XOR has its own four rows",
            "zh": "--data 路径用于直线拟合；异或只有自己的四行数据",
        }
        raise UsageError(local(own), local(_LINE))
    if run.precision == "16-mixed":
        half = {
            "en": "--precision 16 scales the gradients that are compared here",
            "zh": "--precision 16 会缩放这里要比较的梯度",
        }
        raise UsageError(local(half), local(_DOUBLE))


_ONE = {"en": "leave out --devices", "zh": "去掉 --devices"}
_DOUBLE = {
    "en": "leave it out: chapter 4 computes in float64",
    "zh": "去掉它：第 4 章用 float64 计算",
}
_LINE = {"en": "add --preset line", "zh": "请加上 --preset line"}


def warn(config: Config, x: Array) -> Iterator[Event]:
    """Says beforehand that gradient descent on a line will diverge."""
    if config.task != "line" or config.optimiser != "descent":
        return
    largest = line.largest_rate(x)
    if config.lr >= largest:
        yield Warn(
            local(
                {
                    "en": f"lr={config.lr:g} is not below 2/λ = {largest:.4g}:"
                    " gradient descent will not settle",
                    "zh": f"lr={config.lr:g} 不小于 2/λ = {largest:.4g}："
                    "梯度下降不会稳定下来",
                }
            )
        )
