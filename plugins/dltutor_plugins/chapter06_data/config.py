"""What can be set in chapter 6's training."""

from dataclasses import dataclass
from typing import Annotated, Literal

from dltutor import chapter
from dltutor.chapter import Param


@dataclass(frozen=True, kw_only=True)
class Config(chapter.Config):
    """Training of a small convolutional network, fed in two ways."""

    epochs: Annotated[
        int,
        Param(
            "passes over the training set",
            zh="遍历训练集的轮次",
            low=1,
            high=1000,
        ),
    ] = 8
    batch_size: Annotated[
        int,
        Param(
            "pictures in a step", zh="每一步的图片数", low=1, high=60_000
        ),
    ] = 128
    lr: Annotated[
        float,
        Param(
            "peak learning rate of AdamW",
            zh="AdamW 的最大学习率",
            low=1e-6,
            high=10,
            log=True,
        ),
    ] = 5e-3
    loader: Annotated[
        Literal["dataloader", "tensors"],
        Param(
            "who makes the batches: a DataLoader, or indexing on the device",
            zh="由谁组成批量：DataLoader，或在设备上直接索引",
        ),
    ] = "dataloader"
    workers: Annotated[
        int,
        Param(
            "processes of the DataLoader; 0: the training's own",
            zh="DataLoader 的工作进程数；0 表示由训练进程自己取数据",
            low=0,
            high=32,
        ),
    ] = 2
    augment: Annotated[
        Literal["none", "shift", "affine", "elastic", "flip"],
        Param(
            "random change of each training picture (flip spoils digits)",
            zh="对每张训练图片做的随机改动（flip 会毁掉数字）",
        ),
    ] = "affine"
