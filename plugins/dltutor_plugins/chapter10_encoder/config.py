"""What can be set in chapter 10's training."""

from dataclasses import dataclass
from typing import Annotated, Literal

from dltutor import chapter
from dltutor.chapter import Param


@dataclass(frozen=True, kw_only=True)
class Config(chapter.Config):
    """Training of the encoder: toned pinyin to characters, one for one."""

    epochs: Annotated[
        int,
        Param("passes over the training set", zh="轮次", low=1, high=500),
    ] = 8
    batch_size: Annotated[
        int,
        Param("sentences in a step", zh="每一步的句子数", low=1, high=4096),
    ] = 32
    lr: Annotated[
        float,
        Param(
            "peak learning rate of AdamW",
            zh="AdamW 的最大学习率",
            low=1e-6,
            high=1,
            log=True,
        ),
    ] = 1e-3
    weight_decay: Annotated[
        float,
        Param(
            "pull of the weights towards zero", zh="权重衰减", low=0, high=1
        ),
    ] = 0.01
    width: Annotated[
        int,
        Param("numbers a place", zh="每个位置的维数", low=8, high=2048),
    ] = 312
    heads: Annotated[
        int,
        Param(
            "heads; must divide width",
            zh="头数，须整除维数",
            low=1,
            high=64,
        ),
    ] = 6
    layers: Annotated[
        int, Param("blocks, one after the other", zh="层数", low=1, high=24)
    ] = 3
    hidden: Annotated[
        int,
        Param(
            "feed-forward network: hidden numbers, in widths",
            zh="前馈网络隐藏层是维数的几倍",
            low=1,
            high=8,
        ),
    ] = 2
    norm: Annotated[
        Literal["pre", "post"],
        Param(
            "LayerNorm before each part, or after the sum",
            zh="层归一化在每部分之前（pre）还是相加之后（post）",
        ),
    ] = "pre"
    positions: Annotated[
        bool, Param("sines added for the places", zh="是否加上位置编码")
    ] = True
    shared: Annotated[
        bool,
        Param(
            "all layers are one and the same block", zh="各层共用同一组权重"
        ),
    ] = False
    dropout: Annotated[
        float,
        Param("share of values dropped", zh="丢弃的比例", low=0, high=0.9),
    ] = 0.1
    toneless: Annotated[
        float,
        Param(
            "share of training sentences shown without tones",
            zh="训练中不带声调的句子比例",
            low=0,
            high=1,
        ),
    ] = 0.1
    sentences: Annotated[
        int,
        Param(
            "at most so many sentences of the data",
            zh="最多使用的句子数",
            low=200,
            high=10_000_000,
        ),
    ] = 20_000
    share: Annotated[
        float,
        Param(
            "share of the training sentences used; the test stays the same",
            zh="使用多大比例的训练句子；测试集不变",
            low=0.001,
            high=1,
        ),
    ] = 1.0
