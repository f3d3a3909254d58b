"""What can be set in chapter 14's training."""

from dataclasses import dataclass
from typing import Annotated

from dltutor import chapter
from dltutor.chapter import Param


@dataclass(frozen=True, kw_only=True)
class Config(chapter.Config):
    """Training of the word listener: MFCC, attention over time."""

    epochs: Annotated[
        int,
        Param("passes over the training set", zh="轮次", low=1, high=500),
    ] = 16
    batch_size: Annotated[
        int,
        Param("clips in a step", zh="每一步的片段数", low=1, high=4096),
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
    weight_decay: Annotated[
        float,
        Param(
            "pull of the weights towards zero", zh="权重衰减", low=0, high=1
        ),
    ] = 0.02
    coefficients: Annotated[
        int,
        Param(
            "cepstral coefficients a frame",
            zh="每帧的倒谱系数个数",
            low=4,
            high=40,
        ),
    ] = 40
    width: Annotated[
        int,
        Param("numbers a place", zh="每个位置的维数", low=8, high=1024),
    ] = 64
    layers: Annotated[
        int,
        Param("blocks of attention", zh="注意力块数", low=1, high=24),
    ] = 2
    heads: Annotated[
        int,
        Param(
            "heads; must divide width",
            zh="头数，须整除维数",
            low=1,
            high=64,
        ),
    ] = 4
    dropout: Annotated[
        float,
        Param("share of values dropped", zh="丢弃的比例", low=0, high=0.9),
    ] = 0.1
    copies: Annotated[
        int,
        Param(
            "disturbed copies of each training clip",
            zh="每个训练片段的扰动副本数",
            low=0,
            high=20,
        ),
    ] = 3
    noise: Annotated[
        float,
        Param(
            "loudest noise in the copies, below the word by",
            zh="副本中最大的噪声比词低",
            low=-10,
            high=60,
            unit="dB",
        ),
    ] = 5.0
    speed: Annotated[
        float,
        Param(
            "copies are faster or slower by up to",
            zh="副本加快或放慢的最大比例",
            low=0,
            high=0.4,
        ),
    ] = 0.2
    mask_time: Annotated[
        int,
        Param(
            "SpecAugment: frames masked, at most",
            zh="SpecAugment：最多遮住的帧数",
            low=0,
            high=50,
        ),
    ] = 10
    mask_bands: Annotated[
        int,
        Param(
            "SpecAugment: bands masked, at most",
            zh="SpecAugment：最多遮住的频带数",
            low=0,
            high=30,
        ),
    ] = 6
    background: Annotated[
        float,
        Param(
            "clips that are no word, as a share of the words",
            zh="非词片段与词片段的比例",
            low=0,
            high=2,
        ),
    ] = 0.3
    leave_out: Annotated[
        str,
        Param(
            "a speaker to test with instead, never heard in training",
            zh="改用这位说话人测试，训练中从不出现",
        ),
    ] = ""
    threshold: Annotated[
        float,
        Param(
            "a word is accepted from this probability on",
            zh="概率达到多少才接受一个词",
            low=0.05,
            high=0.999,
        ),
    ] = 0.9
    stream_minutes: Annotated[
        int,
        Param(
            "sound without words to count false accepts in",
            zh="统计误受所用的无词声音",
            low=1,
            high=600,
            unit="min",
        ),
    ] = 15
