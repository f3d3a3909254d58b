"""What can be set in chapter 15's training."""

from dataclasses import dataclass
from typing import Annotated, Literal

from dltutor import chapter
from dltutor.chapter import Param


@dataclass(frozen=True, kw_only=True)
class Config(chapter.Config):
    """Training of a Siamese network on pictures of faces."""

    split: Annotated[
        int,
        Param(
            "which people are held out: 0 to 3, with a pairs.txt 0 to 9",
            zh="留出哪一组人：0 到 3；有 pairs.txt 时 0 到 9",
            low=0,
            high=9,
        ),
    ] = 0
    loss: Annotated[
        Literal["contrastive", "triplet", "margin"],
        Param("what is made small", zh="损失函数"),
    ] = "contrastive"
    margin: Annotated[
        float,
        Param(
            "margin; 0 is the usual one of the loss (1, 0.3, 0.3)",
            zh="间隔；0 表示该损失的常用值（1、0.3、0.3）",
            low=0,
            high=2,
            step=0.05,
        ),
    ] = 0.0
    epochs: Annotated[
        int,
        Param(
            "epochs of 20 steps each",
            zh="轮次，每轮 20 步",
            low=1,
            high=1000,
        ),
    ] = 12
    people: Annotated[
        int,
        Param("people in a batch", zh="一个批量的人数", low=2, high=256),
    ] = 12
    pictures: Annotated[
        int,
        Param(
            "pictures of each person in a batch",
            zh="批量中每人的图片数",
            low=2,
            high=32,
        ),
    ] = 5
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
    width: Annotated[
        int,
        Param(
            "channels of the first convolution",
            zh="第一个卷积的通道数",
            low=4,
            high=256,
        ),
    ] = 16
    embedding: Annotated[
        int,
        Param(
            "numbers that describe a face",
            zh="描述一张脸的数的个数",
            low=2,
            high=1024,
        ),
    ] = 128
    augment: Annotated[
        float,
        Param(
            "strength of random changes; 0 is none",
            zh="随机变化的强度，0 表示没有",
            low=0,
            high=3,
            step=0.1,
        ),
    ] = 0.3
    landmarks: Annotated[
        str,
        Param(
            "a dlib landmark file, to turn faces upright (own pictures)",
            zh="dlib 关键点模型文件，用来把脸转正（自己的图片）",
        ),
    ] = ""
