"""One picture through a transform several times: what augmentation does to it."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Literal

import torch

from dltutor.chapter import Param
from dltutor.data.digits import Part, builtin
from dltutor.views import Note, Picture, View
from dltutor_plugins.chapter06_data.data import Pictures, augmentation
from dltutor_plugins.chapter06_data.show import sheet


@lru_cache(maxsize=1)
def pictures() -> Part:
    """The test part of the digits that need no download."""
    return builtin().test


def transforms(
    augment: Annotated[
        Literal["none", "shift", "affine", "elastic", "flip"],
        Param("the random change", zh="随机改动"),
    ] = "affine",
    sample: Annotated[
        int,
        Param(
            "test picture of the builtin digits",
            zh="内置手写数字的测试图片",
            low=0,
            high=358,
        ),
    ] = 7,
    seed: Annotated[
        int, Param("seed of the run", zh="运行的种子", low=0, high=999)
    ] = 0,
    epoch: Annotated[
        int, Param("epoch of the first", zh="第一张的轮次", low=0, high=99)
    ] = 0,
) -> list[View]:
    """The picture as six epochs in a row would get it."""
    data = Pictures(pictures(), augmentation(augment), seed)
    seen = []
    for data.epoch in range(epoch, epoch + 6):
        x, label = data[sample]
        seen.append(x)
    caption = {
        "en": f"picture {sample} in epochs {epoch} to {epoch + 5}",
        "zh": f"第 {sample} 张图片在第 {epoch} 到 {epoch + 5} 轮次的样子",
    }
    different = len({x.numpy().tobytes() for x in seen})
    note = {
        "en": f"The label is {label} each time. {different} of the 6 pictures differ;"
        " the same seed and epoch give the same picture again.",
        "zh": f"标签每次都是 {label}。6 张图片中有 {different} 张互不相同；"
        "种子和轮次相同，得到的图片也相同。",
    }
    return [Picture.of(sheet(torch.stack(seen)), caption), Note(note)]
