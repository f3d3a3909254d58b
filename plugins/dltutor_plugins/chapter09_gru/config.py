"""What can be set in chapter 9's training."""

from dataclasses import dataclass
from typing import Annotated, Literal

from dltutor import chapter
from dltutor.chapter import Param


@dataclass(frozen=True, kw_only=True)
class Config(chapter.Config):
    """Training of the reader: a GRU over characters, then one both ways."""

    epochs: Annotated[
        int,
        Param("passes over the training set", zh="轮次", low=1, high=200),
    ] = 6
    batch_size: Annotated[
        int,
        Param("reviews in a step", zh="每一步的评论数", low=1, high=4096),
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
    weight_decay: Annotated[
        float,
        Param(
            "pull of the weights towards zero", zh="权重衰减", low=0, high=1
        ),
    ] = 0.05
    cell: Annotated[
        Literal["gru", "lstm", "tanh"],
        Param("recurrent layer", zh="循环层"),
    ] = "gru"
    pool: Annotated[
        Literal["max+mean", "max", "mean", "last"],
        Param("pooling over time", zh="时间上的池化方式"),
    ] = "max+mean"
    embedding: Annotated[
        int,
        Param("numbers a character", zh="每个字的维数", low=1, high=2048),
    ] = 312
    hidden: Annotated[
        int,
        Param(
            "state of the first layer",
            zh="第一层的状态维数",
            low=1,
            high=2048,
        ),
    ] = 256
    both: Annotated[
        int,
        Param(
            "state of the second layer, each way",
            zh="第二层每个方向的状态维数",
            low=1,
            high=2048,
        ),
    ] = 128
    dropout: Annotated[
        float,
        Param("share of values dropped", zh="丢弃的比例", low=0, high=0.9),
    ] = 0.5
    hide: Annotated[
        float,
        Param(
            "share of characters made unknown in training",
            zh="训练时换成未知字的比例",
            low=0,
            high=0.9,
        ),
    ] = 0.1
    characters: Annotated[
        int,
        Param(
            "most characters known, frequent ones first",
            zh="最多认识的字数，常见的优先",
            low=1,
            high=100_000,
        ),
    ] = 3_000
    longest: Annotated[
        int,
        Param(
            "characters read of a review; else its beginning and end",
            zh="一条评论最多读的字数，更长的取首尾",
            low=2,
            high=5_000,
        ),
    ] = 200
    reviews: Annotated[
        int,
        Param(
            "reviews used; 0: all",
            zh="使用的评论数，0 为全部",
            low=0,
            high=10_000_000,
        ),
    ] = 0
    bucket: Annotated[
        bool,
        Param(
            "reviews of like length share a batch",
            zh="长度相近的评论放在同一批量",
        ),
    ] = True
