"""What can be set in chapter 2's training."""

from dataclasses import dataclass
from typing import Annotated

from dltutor import chapter
from dltutor.chapter import Param


@dataclass(frozen=True, kw_only=True)
class Config(chapter.Config):
    """Training of the U-Net 1-32-64-128-64-32-1 to take noise away."""

    epochs: Annotated[
        int,
        Param(
            "rounds, with a measurement after each",
            zh="轮次，每轮之后测量一次",
            low=1,
            high=1000,
        ),
    ] = 5
    pictures: Annotated[
        int,
        Param(
            "training pictures in a round; fewer come repeatedly",
            zh="每轮的训练图片数；不够时重复使用",
            low=1,
            high=60_000,
        ),
    ] = 20_000
    batch_size: Annotated[
        int,
        Param(
            "pictures in a step", zh="每一步的图片数", low=1, high=60_000
        ),
    ] = 64
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
    noise: Annotated[
        float,
        Param(
            "standard deviation of the added noise",
            zh="所加噪声的标准差",
            low=0.01,
            high=2,
            step=0.05,
        ),
    ] = 0.5
    skips: Annotated[
        bool,
        Param(
            "skip connections (false: the same net without)",
            zh="跳跃连接（false：同一网络去掉它们）",
        ),
    ] = True
