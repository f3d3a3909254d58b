"""A digit to draw and to disturb, and the ten probabilities that the perceptron gives it."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Annotated

import numpy as np
import torch
import torch.nn.functional as F

from dltutor.chapter import Param, pick
from dltutor.data.digits import Bytes, frame
from dltutor.errors import UsageError
from dltutor.events import Context, Trained
from dltutor.i18n import local
from dltutor.views import Chart, Note, Picture, Series, View
from dltutor_plugins.chapter03_mlp.data import LabelledSet, load, prepare
from dltutor_plugins.chapter03_mlp.model import MLP
from dltutor_plugins.chapter03_mlp.predict import load_model, probabilities

INK = {".": 0, " ": 0, "+": 128, "#": 255}
"""the marks of a drawing; a full stop and a space are paper"""


def digit(
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
    draw: Annotated[
        str,
        Param(
            "drawing instead: rows of . + # with | between",
            zh="自己画：. + # 组成的行，以 | 分隔",
            pad=(16, 16),
        ),
    ] = "",
    shift_x: Annotated[
        int, Param("to the right", zh="向右平移", low=-8, high=8, unit="px")
    ] = 0,
    shift_y: Annotated[
        int, Param("down", zh="向下平移", low=-8, high=8, unit="px")
    ] = 0,
    rotate: Annotated[
        float,
        Param(
            "turned clockwise",
            zh="顺时针旋转",
            low=-90,
            high=90,
            step=5,
            unit="°",
        ),
    ] = 0.0,
    noise: Annotated[
        float,
        Param(
            "strength of added noise",
            zh="噪声强度",
            low=0,
            high=1,
            step=0.05,
        ),
    ] = 0.0,
) -> list[View]:
    """The picture as the model gets it, a bar for each class, and a sentence."""
    picture, truth = drawing(draw), ""
    if picture is None:
        x, y = test_pictures()
        picture, truth = x[sample, 0].numpy(), str(int(y[sample]))
    picture = disturb(picture, shift_x, shift_y, rotate, noise)
    model, classes, device, source = model_to_ask(context.trained)
    p = probabilities(model, picture, device)
    best = max(range(len(p)), key=p.__getitem__)
    bars = Chart(
        series=[Series({"en": "probability", "zh": "概率"}, p)],
        kind="bar",
        categories=classes,
        y_limits=(0.0, 1.0),
        title={"en": "What the model says", "zh": "模型的判断"},
    )
    size = "28 x 28"
    caption = (
        {"en": f"{size}, label {truth}", "zh": f"{size}，标签 {truth}"}
        if truth
        else size
    )
    verdict = {
        "en": f"{classes[best]} with probability {p[best]:.3f}. {pick(source, 'en')}",
        "zh": f"{classes[best]}，概率 {p[best]:.3f}。{pick(source, 'zh')}",
    }
    return [Picture.of(picture, caption), bars, Note(verdict)]


def drawing(text: str) -> Bytes | None:
    """``".##.|#..#"`` as a framed picture (28, 28); None where nothing is drawn."""
    if not set(text) - {".", " ", "|"}:
        return None
    unknown = sorted(set(text) - set(INK) - {"|"})
    if unknown:
        mark = repr(unknown[0])
        raise UsageError(
            local(
                {
                    "en": f"draw: {mark} is no mark of a drawing",
                    "zh": f"draw：{mark} 不是画图的记号",
                }
            ),
            local(
                {
                    "en": "rows of . + # with | between",
                    "zh": "用 . + # 组成各行，以 | 分隔",
                }
            ),
        )
    rows = text.split("|")
    width = max(map(len, rows))
    marks = [[INK[mark] for mark in row.ljust(width, ".")] for row in rows]
    return frame(np.array(marks, dtype=np.uint8))


def disturb(
    picture: Bytes, right: int, down: int, degrees: float, noise: float
) -> Bytes:
    """The picture (28, 28) turned, moved and made noisy; always the same noise."""
    x = torch.from_numpy(picture)[None, None].float()  # (1, 1, 28, 28)
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    # maps places of the new picture to places of the old one; 28 pixels are 2 units wide
    dx, dy = -right / 14, -down / 14
    theta = torch.tensor(
        [[[c, s, c * dx + s * dy], [-s, c, c * dy - s * dx]]]
    )
    grid = F.affine_grid(theta, [1, 1, 28, 28], align_corners=False)
    moved = F.grid_sample(x, grid, align_corners=False)[0, 0]
    dots = torch.randn(28, 28, generator=torch.Generator().manual_seed(0))
    return (
        (moved + 255 * noise * dots)
        .clamp(0, 255)
        .round()
        .to(torch.uint8)
        .numpy()
    )


Source = tuple[MLP, tuple[str, ...], torch.device, dict[str, str]]


def model_to_ask(trained: Trained | None) -> Source:
    """The learner's own run, else a small one that is trained here and now."""
    if trained is None:
        return small_model()
    source = {"en": "Asked: your own run.", "zh": "使用的是你自己的运行。"}
    model, classes, _ = run_model(trained)  # type: ignore[arg-type] # a class, so hashable
    return model, classes, trained.device, source


@lru_cache(maxsize=2)
def run_model(trained: Trained) -> tuple[MLP, tuple[str, ...], bool]:
    return load_model(trained)


@lru_cache(maxsize=1)
def test_pictures() -> LabelledSet:
    return builtin_sets()[2]


@lru_cache(maxsize=1)
def builtin_sets() -> tuple[LabelledSet, LabelledSet, LabelledSet]:
    from dltutor.data.roots import DataChoice

    return load(DataChoice("builtin", None, "builtin"))[:3]


@lru_cache(maxsize=1)
def small_model() -> Source:
    """Twelve epochs on the builtin digits, a second or two, once a process."""
    x, y = builtin_sets()[0]
    torch.manual_seed(0)
    model = MLP()
    optimiser = torch.optim.AdamW(model.parameters(), lr=2e-3)
    for _ in range(12):
        for batch in torch.split(torch.randperm(len(y)), 64):
            loss = F.cross_entropy(model(prepare(x[batch])), y[batch])
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
    source = {
        "en": f"There is no run yet, so a model was trained just now on {len(y):,} builtin digits.",
        "zh": f"还没有训练过的运行，因此刚刚用 {len(y):,} 张内置数字图片训练了一个模型。",
    }
    return model.eval(), tuple("0123456789"), torch.device("cpu"), source
