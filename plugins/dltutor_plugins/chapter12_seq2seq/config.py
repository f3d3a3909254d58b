"""What can be set in chapter 12's training."""

from dataclasses import dataclass
from typing import Annotated, Literal

from dltutor import chapter
from dltutor.chapter import Param


@dataclass(frozen=True, kw_only=True)
class Config(chapter.Config):
    """Training of a Transformer that reads hanzi and writes pinyin."""

    sentences: Annotated[
        int,
        Param(
            "sentences taken of the data, at most",
            zh="最多取多少个句子",
            low=20,
            high=1_000_000,
        ),
    ] = 20_000
    epochs: Annotated[
        int,
        Param("passes over the training set", zh="轮次", low=1, high=500),
    ] = 12
    batch_size: Annotated[
        int,
        Param("sentences in a step", zh="每一步的句子数", low=1, high=4096),
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
    ] = 2e-3
    warmup: Annotated[
        float,
        Param(
            "share of the steps in which the learning rate rises",
            zh="学习率上升阶段占总步数的比例",
            low=0.01,
            high=0.9,
        ),
    ] = 0.1
    weight_decay: Annotated[
        float,
        Param(
            "pull of the weights towards zero", zh="权重衰减", low=0, high=1
        ),
    ] = 0.01
    smoothing: Annotated[
        float,
        Param("label smoothing", zh="标签平滑", low=0, high=0.9),
    ] = 0.1
    width: Annotated[
        int,
        Param("numbers a place", zh="每个位置的维数", low=8, high=4096),
    ] = 192
    layers: Annotated[
        int,
        Param(
            "layers of the encoder, and as many of the decoder",
            zh="编码器的层数，解码器层数相同",
            low=1,
            high=48,
        ),
    ] = 2
    heads: Annotated[
        int,
        Param(
            "heads; must divide width",
            zh="头数，须整除维数",
            low=1,
            high=64,
        ),
    ] = 6
    dropout: Annotated[
        float,
        Param("share of values dropped", zh="丢弃的比例", low=0, high=0.9),
    ] = 0.1
    unknown: Annotated[
        float,
        Param(
            "share of source characters hidden as <unk>",
            zh="训练时以 <unk> 遮住的源字比例",
            low=0,
            high=0.5,
        ),
    ] = 0.02
    alignment: Annotated[
        Literal["ready", "plain"],
        Param(
            "start of the cross attention: ready to find its own place, or "
            "the original recipe",
            zh="交叉注意力的起点：ready 便于找到对应位置，plain 是原始做法",
        ),
    ] = "ready"
    characters: Annotated[
        int,
        Param(
            "rows of the table of characters",
            zh="汉字嵌入表的行数",
            low=8,
            high=100_000,
        ),
    ] = 4096
    syllables: Annotated[
        int,
        Param(
            "rows of the table of syllables",
            zh="音节嵌入表的行数",
            low=8,
            high=100_000,
        ),
    ] = 1536
    beam: Annotated[
        int,
        Param(
            "width of the beam that the test compares with greedy",
            zh="测试时与贪心对比的束宽",
            low=1,
            high=32,
        ),
    ] = 4
