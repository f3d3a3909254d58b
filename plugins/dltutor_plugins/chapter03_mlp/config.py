"""What can be set in chapter 3's training."""

from dataclasses import dataclass
from typing import Annotated

from dltutor import chapter
from dltutor.chapter import Param


@dataclass(frozen=True, kw_only=True)
class Config(chapter.Config):
    """Training of the multilayer perceptron 784-312-256-10."""

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
    ] = 3e-3
    weight_decay: Annotated[
        float,
        Param(
            "pull of the weights towards zero", zh="权重衰减", low=0, high=1
        ),
    ] = 0.01
    hidden1: Annotated[
        int,
        Param(
            "units of the first hidden layer",
            zh="第一隐藏层的单元数",
            low=1,
            high=8192,
        ),
    ] = 312
    hidden2: Annotated[
        int,
        Param(
            "units of the second hidden layer",
            zh="第二隐藏层的单元数",
            low=1,
            high=8192,
        ),
    ] = 256
    dropout: Annotated[
        float,
        Param(
            "share of hidden units dropped in training",
            zh="训练时丢弃的隐藏单元比例",
            low=0,
            high=0.9,
        ),
    ] = 0.1
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
