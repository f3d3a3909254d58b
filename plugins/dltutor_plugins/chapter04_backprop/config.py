"""What can be set in chapter 4's training."""

from dataclasses import dataclass
from typing import Annotated, Literal

from dltutor import chapter
from dltutor.chapter import Param


@dataclass(frozen=True, kw_only=True)
class Config(chapter.Config):
    """XOR with networks 2-5-1, or a line through points; by hand and in PyTorch."""

    task: Annotated[
        Literal["xor", "line"],
        Param("what is learnt", zh="学习什么"),
    ] = "xor"
    networks: Annotated[
        int,
        Param(
            "XOR: networks side by side, each with its own seed",
            zh="异或：并排训练的网络数，各有自己的随机种子",
            low=1,
            high=10_000,
        ),
    ] = 100
    activation: Annotated[
        Literal["sigmoid", "tanh", "relu"],
        Param(
            "XOR: function of the hidden units", zh="异或：隐藏单元的函数"
        ),
    ] = "tanh"
    optimiser: Annotated[
        Literal["descent", "momentum", "adam"],
        Param("how a step is made", zh="怎样走一步"),
    ] = "momentum"
    lr: Annotated[
        float,
        Param("learning rate", zh="学习率", low=1e-6, high=100, log=True),
    ] = 0.2
    epochs: Annotated[
        int,
        Param(
            "passes over the data", zh="遍历数据的轮次", low=1, high=100_000
        ),
    ] = 1000
    batch_size: Annotated[
        int,
        Param(
            "samples in a step, 0 for all of them",
            zh="每一步的样本数，0 表示全部",
            low=0,
            high=1_000_000,
        ),
    ] = 0
