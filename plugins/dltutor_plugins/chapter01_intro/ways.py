"""One digit, three ways to read it: a rule, a statistic, a network."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from dltutor.chapter import Param
from dltutor.data.roots import DataChoice
from dltutor.events import Context, Trained
from dltutor.i18n import local
from dltutor.views import Chart, Note, Picture, Series, Table, View
from dltutor_plugins.chapter01_intro import methods
from dltutor_plugins.chapter01_intro.data import Part, Sets, load, prepare
from dltutor_plugins.chapter01_intro.model import Network
from dltutor_plugins.chapter01_intro.predict import load_network


def ways(
    context: Context,
    sample: Annotated[
        int,
        Param(
            "test picture of the builtin digits",
            zh="内置手写数字的测试图片",
            low=0,
            high=358,
        ),
    ] = 0,
    shift: Annotated[
        int,
        Param(
            "moved to the right", zh="向右平移", low=-6, high=6, unit="px"
        ),
    ] = 0,
    noise: Annotated[
        float,
        Param("added noise", zh="噪声强度", low=0, high=1, step=0.05),
    ] = 0.0,
) -> list[View]:
    """The picture, what each way says of it, and of all test pictures."""
    test = digits().test
    x = disturb(test.x, shift, noise)
    model, device, own = network_to_ask(context.trained)
    with torch.inference_mode():
        logits = model(prepare(x.to(device))).float().cpu()
    answers = {
        "rule": methods.rule(x),
        "counts": methods.most_likely(counts(), x).argmax(dim=1),
        "network": logits.argmax(dim=1),
    }
    names = [local(NAMES[key]) for key in answers]
    right = [methods.accuracy(said, test.y) for said in answers.values()]
    truth = int(test.y[sample])
    table = Table(
        columns=(
            {"en": "way", "zh": "方法"},
            {"en": "says", "zh": "回答"},
            {"en": "right of all 359", "zh": "359 张中的准确率"},
        ),
        rows=[
            (name, int(said[sample]), f"{share:.1%}")
            for name, said, share in zip(
                names, answers.values(), right, strict=True
            )
        ],
    )
    bars = Chart(
        series=[Series({"en": "accuracy", "zh": "准确率"}, right)],
        kind="bar",
        categories=names,
        y_limits=(0.0, 1.0),
        title={
            "en": "Right of all 359 test pictures",
            "zh": "359 张测试图片的准确率",
        },
    )
    caption = {"en": f"label {truth}", "zh": f"标签 {truth}"}
    picture = Picture.of(x[sample, 0], caption)
    return [picture, table, bars, Note(OWN if own else SMALL)]


NAMES = {
    "rule": {"en": "rule", "zh": "规则"},
    "counts": {"en": "counts", "zh": "计数"},
    "network": {"en": "network", "zh": "网络"},
}
OWN = {"en": "The network: your own run.", "zh": "网络：你自己的运行。"}
SMALL = {
    "en": "The network: there is no run yet, so one was trained just now on "
    "1,169 builtin digits.",
    "zh": "网络：还没有训练过的运行，因此刚刚用 1,169 张内置数字训练了一个。",
}


def disturb(x: Tensor, right: int, noise: float) -> Tensor:
    """Pictures (N, 1, 28, 28) moved and made noisy; always the same noise."""
    padded = F.pad(x, (max(right, 0), max(-right, 0)))
    moved = padded[..., :28] if right >= 0 else padded[..., -28:]
    generator = torch.Generator().manual_seed(0)
    dots = torch.randn(x.shape, generator=generator)
    return (moved + 255 * noise * dots).clamp(0, 255).round().byte()


@lru_cache(maxsize=1)
def digits() -> Sets:
    return load(DataChoice("builtin", None, "builtin"))


@lru_cache(maxsize=1)
def counts() -> methods.Counts:
    train = digits().train
    return methods.count(train.x, train.y, 10)


class Asked(NamedTuple):
    """A network, where it computes, and whether it is the learner's."""

    model: Network
    device: torch.device
    own: bool


def network_to_ask(trained: Trained | None) -> Asked:
    """The learner's own run if it knows ten digits, else a small one."""
    if trained is None:
        return small_network(digits().train)
    return run_network(trained)  # type: ignore[arg-type] # hashable: a class


@lru_cache(maxsize=2)
def run_network(trained: Trained) -> Asked:
    if len(trained.extra()["classes"]) != 10:
        return small_network(digits().train)
    return Asked(load_network(trained), trained.device, True)


@lru_cache(maxsize=1)
def small_network(train: Part) -> Asked:
    """Eight epochs on the builtin digits, a second or two, once a process."""
    torch.manual_seed(0)
    model = Network(width=128)
    optimiser = torch.optim.AdamW(model.parameters(), lr=2e-3)
    for _ in range(8):
        for batch in torch.split(torch.randperm(len(train.y)), 64):
            logits = model(prepare(train.x[batch]))
            loss = F.cross_entropy(logits, train.y[batch])
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
    return Asked(model.eval(), torch.device("cpu"), False)
