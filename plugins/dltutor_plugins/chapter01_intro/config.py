"""What can be set in chapter 1's training."""

from dataclasses import dataclass
from typing import Annotated

from dltutor import chapter
from dltutor.chapter import Param


@dataclass(frozen=True, kw_only=True)
class Config(chapter.Config):
    """Training of one small network twice: eagerly, and compiled."""

    epochs: Annotated[
        int,
        Param(
            "passes over the training set",
            zh="遍历训练集的轮次",
            low=1,
            high=1000,
        ),
    ] = 6
    batch_size: Annotated[
        int,
        Param(
            "pictures in a step", zh="每一步的图片数", low=2, high=10_000
        ),
    ] = 256
    lr: Annotated[
        float,
        Param(
            "learning rate of AdamW",
            zh="AdamW 的学习率",
            low=1e-6,
            high=1,
            log=True,
        ),
    ] = 1e-3
    width: Annotated[
        int,
        Param(
            "values in a row inside the network",
            zh="网络内部每行的值的个数",
            low=1,
            high=8192,
        ),
    ] = 256
    blocks: Annotated[
        int,
        Param(
            "residual blocks",
            zh="残差块的个数",
            low=1,
            high=24,
        ),
    ] = 2
