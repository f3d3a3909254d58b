"""What can be set in chapter 5's training."""

from dataclasses import dataclass
from typing import Annotated, Literal

from dltutor import chapter
from dltutor.chapter import Param


@dataclass(frozen=True, kw_only=True)
class Config(chapter.Config):
    """Training of the convolutional networks."""

    variant: Annotated[
        Literal["plain", "separable"],
        Param(
            "plain convolutions, or depthwise separable and dilated ones",
            zh="普通卷积，或深度可分离的膨胀卷积",
        ),
    ] = "plain"
    head: Annotated[
        Literal["flatten", "pool"],
        Param(
            "what stands before the last layer: all cells, or their mean",
            zh="最后一层之前：保留所有格子，或取它们的平均",
        ),
    ] = "flatten"
    epochs: Annotated[
        int,
        Param(
            "passes over the training set",
            zh="遍历训练集的轮次",
            low=1,
            high=1000,
        ),
    ] = 12
    batch_size: Annotated[
        int,
        Param(
            "pictures in a step", zh="每一步的图片数", low=1, high=60_000
        ),
    ] = 256
    lr: Annotated[
        float,
        Param(
            "peak learning rate of AdamW",
            zh="AdamW 的最大学习率",
            low=1e-6,
            high=1,
            log=True,
        ),
    ] = 5e-3
    weight_decay: Annotated[
        float,
        Param(
            "pull of the weights towards zero", zh="权重衰减", low=0, high=1
        ),
    ] = 0.01
    shift: Annotated[
        int,
        Param(
            "random shift in training, at most",
            zh="训练时随机平移的上限",
            low=0,
            high=8,
            unit="px",
        ),
    ] = 1
