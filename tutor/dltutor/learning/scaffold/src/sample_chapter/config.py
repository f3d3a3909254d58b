"""What can be set in the training."""

from dataclasses import dataclass
from typing import Annotated

from dltutor import chapter
from dltutor.chapter import Param


@dataclass(frozen=True, kw_only=True)
class Config(chapter.Config):
    """Training of a line y = wx + b."""

    epochs: Annotated[
        int, Param("passes over the points", zh="遍历数据的轮次", low=1, high=1000)
    ] = 60
    batch_size: Annotated[int, Param("points in a step", zh="每一步的点数", low=1, high=2000)] = 20
    lr: Annotated[float, Param("learning rate", zh="学习率", low=1e-5, high=2, log=True)] = 0.05
    points: Annotated[int, Param("points in all", zh="点的总数", low=20, high=10_000)] = 200
    noise: Annotated[float, Param("spread around the line", zh="偏离直线的程度", low=0, high=2)] = (
        0.3
    )
