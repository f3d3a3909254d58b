"""Things to touch: gradients by depth, a network's blocks, other pictures, the rate's course."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Annotated, Literal

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from dltutor.chapter import Param
from dltutor.data.roots import DataChoice
from dltutor.views import Chart, Note, Picture, Series, Table, View
from dltutor_plugins.chapter07_resnet import augment as changes
from dltutor_plugins.chapter07_resnet.data import Pictures, load, prepare
from dltutor_plugins.chapter07_resnet.model import (
    DESIGNS,
    BasicBlock,
    Block,
    ResNet,
    Shortcut,
)
from dltutor_plugins.chapter07_resnet.train import rate

BATCH, NARROW = 16, 4
"""pictures and channels: few enough to answer at once"""


def gradients(
    depth: Annotated[
        int,
        Param(
            "layers: 8, 14, 20, ... 56",
            zh="层数：8、14、20……56",
            low=8,
            high=56,
            step=6,
        ),
    ] = 20,
    norm: Annotated[
        bool,
        Param(
            "BatchNorm behind each convolution",
            zh="每个卷积之后接 BatchNorm",
        ),
    ] = True,
) -> list[View]:
    """The size of the gradient in each layer, at the first step of training."""
    blocks = (depth - 2) // 6
    residual, plain = (
        by_layer(blocks, True, norm),
        by_layer(blocks, False, norm),
    )
    layers = 6 * blocks + 2
    spread = [max(g) / min(g) for g in (residual, plain)]
    chart = Chart(
        series=[
            Series({"en": "residual", "zh": "残差网络"}, residual),
            Series({"en": "plain", "zh": "普通网络"}, plain),
        ],
        log_y=True,
        title={
            "en": f"Norm of the gradient by layer, {layers} layers",
            "zh": f"各层梯度的范数，共 {layers} 层",
        },
        x_label={
            "en": "convolution, first to last",
            "zh": "卷积层，从第一层到最后一层",
        },
    )
    note = {
        "en": "Largest gradient over smallest:"
        f" residual {spread[0]:.3g}, plain {spread[1]:.3g}.",
        "zh": "最大与最小的梯度之比："
        f"残差网络 {spread[0]:.3g}，普通网络 {spread[1]:.3g}。",
    }
    return [chart, Note(note)]


@lru_cache(maxsize=64)
def by_layer(blocks: int, shortcuts: bool, norm: bool) -> list[float]:
    """The norm of the loss's gradient for each convolution's weights, untrained."""
    torch.manual_seed(0)
    model = ResNet(
        BasicBlock,
        (blocks, blocks, blocks),
        NARROW,
        shortcut="padding" if shortcuts else "none",
    )
    if not norm:
        without_norm(model)
    x, y = small_batch()
    F.cross_entropy(model(x), y).backward()  # type: ignore[no-untyped-call]
    weights = [
        m.weight for m in model.modules() if isinstance(m, nn.Conv2d)
    ]
    return [w.grad.norm().item() for w in weights if w.grad is not None]


def without_norm(module: nn.Module) -> None:
    """Puts nothing in the place of every BatchNorm."""
    for name, child in module.named_children():
        if isinstance(child, nn.BatchNorm2d):
            setattr(module, name, nn.Identity())
        else:
            without_norm(child)


@lru_cache(maxsize=1)
def small_batch() -> tuple[Tensor, Tensor]:
    """Test patches (16, 3, 16, 16), every second pixel, and their labels."""
    x, y = builtin().test
    places = torch.arange(BATCH) * (len(y) // BATCH)
    return prepare(x[places])[:, :, ::2, ::2].contiguous(), y[places]


@lru_cache(maxsize=1)
def builtin() -> Pictures:
    return load(DataChoice("builtin", None, "builtin"))


Network = Literal[
    "resnet20",
    "resnet32",
    "resnet44",
    "resnet56",
    "resnet18",
    "resnet34",
    "resnet50",
    "resnet101",
    "resnet152",
]


def blocks(
    network: Annotated[
        Network, Param("a network of the paper", zh="论文中的一个网络")
    ] = "resnet18",
    side: Annotated[
        int,
        Param(
            "side of the picture",
            zh="图片的边长",
            low=32,
            high=256,
            step=32,
            unit="px",
        ),
    ] = 32,
    large: Annotated[
        bool,
        Param(
            "the stem for large pictures: 7x7 with stride 2, then pooling",
            zh="用于大图片的输入层：步幅为 2 的 7x7 卷积，再池化",
        ),
    ] = False,
    shortcuts: Annotated[
        bool, Param("shortcuts around the blocks", zh="块外的捷径连接")
    ] = True,
) -> list[View]:
    """Stage by stage: blocks, the shape that comes out, parameters."""
    design = DESIGNS[network]
    kind = design.shortcut if shortcuts else "none"
    width = channels = design.width
    classes = 1000 if large else 10
    kernel = 7 if large else 3
    side = math.ceil(side / 4) if large else side
    stem = 3 * kernel**2 * width + 2 * width
    rows = [("stem", "", f"{width} x {side} x {side}", stem)]
    for i, count in enumerate(design.blocks):
        side = math.ceil(side / 2) if i else side
        weights = 0
        for k in range(count):
            stride = 2 if i and k == 0 else 1
            weights += block_parameters(
                design.block, channels, width * 2**i, stride, kind
            )
            channels = width * 2**i * design.block.expansion
        name = f"{count} x {design.block.__name__}"
        shape = f"{channels} x {side} x {side}"
        rows.append((f"stage {i + 1}", name, shape, weights))
    rows.append(("fc", "", f"{classes}", channels * classes + classes))
    total = sum(weights for *_, weights in rows)
    table = Table(
        title=network,
        columns=(
            {"en": "part", "zh": "部分"},
            {"en": "blocks", "zh": "块"},
            {"en": "shape out", "zh": "输出形状"},
            {"en": "parameters", "zh": "参数"},
        ),
        rows=rows,
    )
    note = {
        "en": f"{total:,} parameters in all.",
        "zh": f"一共 {total:,} 个参数。",
    }
    return [table, Note(note)]


def block_parameters(
    block: Block, c_in: int, width: int, stride: int, shortcut: Shortcut
) -> int:
    """How many parameters a block has, without building it.

    A convolution has kernel x kernel x in x out, a BatchNorm two a channel.
    """
    c_out = width * block.expansion
    if block is BasicBlock:
        count = 9 * c_in * width + 9 * width * width + 4 * width
    else:
        count = c_in * width + 9 * width * width + width * c_out
        count += 4 * width + 2 * c_out
    changed = c_in != c_out or stride != 1
    if shortcut == "projection" and changed:
        count += c_in * c_out + 2 * c_out
    return count


def augment(
    sample: Annotated[
        int,
        Param(
            "test patch of the builtin photographs",
            zh="内置照片的测试小块",
            low=0,
            high=517,
        ),
    ] = 160,
    flip: Annotated[
        bool, Param("mirror by chance", zh="随机左右翻转")
    ] = True,
    shift: Annotated[
        int,
        Param("shift, at most", zh="平移的上限", low=0, high=16, unit="px"),
    ] = 4,
    hole: Annotated[
        int,
        Param(
            "side of the hole",
            zh="遮去方块的边长",
            low=0,
            high=24,
            unit="px",
        ),
    ] = 8,
) -> list[View]:
    """One picture, and five that training makes of it."""
    torch.manual_seed(sample)
    x = builtin().test.x[sample : sample + 1].expand(6, 3, 32, 32)
    new = x[1:]
    new = changes.flip(new) if flip else new
    new = changes.translate(new, shift) if shift else new
    new = changes.cutout(new, hole) if hole else new
    six = torch.cat([x[:1], new])
    sheet = torch.full((3, 67, 101), 128, dtype=torch.uint8)
    for i, picture in enumerate(six):
        top, left = i // 3 * 34 + 1 - (i // 3), i % 3 * 34
        sheet[:, top - 1 : top + 31, left : left + 32] = picture
    caption = {
        "en": "first the picture itself, then five of it",
        "zh": "第一张是原图，其余五张由它变来",
    }
    return [Picture.of(sheet, caption)]


def schedules(
    peak: Annotated[
        float,
        Param(
            "peak learning rate",
            zh="最大学习率",
            low=0.001,
            high=1,
            log=True,
        ),
    ] = 0.1,
    epochs: Annotated[
        int, Param("epochs", zh="轮次", low=4, high=200, step=4)
    ] = 24,
) -> list[View]:
    """The learning rate over the training, for each schedule."""
    done = np.linspace(0, 1, 97)
    names = {
        "triangle": {"en": "triangle", "zh": "三角形"},
        "steps": {"en": "steps", "zh": "阶梯"},
        "constant": {"en": "constant", "zh": "不变"},
    }
    chart = Chart(
        series=[
            Series(
                label,
                [peak * rate(d, name) for d in done],
                (done * epochs).tolist(),
            )
            for name, label in names.items()
        ],
        title={"en": "Learning rate", "zh": "学习率"},
        x_label={"en": "epoch", "zh": "轮次"},
    )
    return [chart]
