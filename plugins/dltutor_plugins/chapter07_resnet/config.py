"""What can be set in chapter 7's training."""

from dataclasses import dataclass
from typing import Annotated, Literal

from dltutor import chapter
from dltutor.chapter import Param


@dataclass(frozen=True, kw_only=True)
class Config(chapter.Config):
    """Training of a residual network, or of its plain twin."""

    network: Annotated[
        Literal[
            "resnet9",
            "resnet20",
            "resnet32",
            "resnet44",
            "resnet56",
            "resnet18",
            "resnet34",
            "resnet50",
            "resnet101",
            "resnet152",
        ],
        Param(
            "the network: resnet9 is the speed runs', 20 to 56 the paper's"
            " for CIFAR-10, the others its ImageNet ones with a small stem",
            zh="网络：resnet9 用于快速训练，20 到 56 是论文为 CIFAR-10 设计的，"
            "其余是论文为 ImageNet 设计的，换成小图片的输入层",
        ),
    ] = "resnet9"
    scale: Annotated[
        float,
        Param(
            "width, as a multiple of the published one",
            zh="宽度，相对于原文的倍数",
            low=0.05,
            high=4,
            step=0.05,
        ),
    ] = 0.25
    shortcuts: Annotated[
        bool,
        Param(
            "shortcuts around the blocks; without them the plain twin",
            zh="块外的捷径连接；去掉就是普通网络",
        ),
    ] = True
    epochs: Annotated[
        int,
        Param(
            "passes over the training set",
            zh="遍历训练集的轮次",
            low=1,
            high=1000,
        ),
    ] = 24
    batch_size: Annotated[
        int,
        Param(
            "pictures in a step", zh="每一步的图片数", low=1, high=50_000
        ),
    ] = 128
    lr: Annotated[
        float,
        Param(
            "peak learning rate of SGD",
            zh="SGD 的最大学习率",
            low=1e-5,
            high=10,
            log=True,
        ),
    ] = 0.2
    schedule: Annotated[
        Literal["triangle", "steps", "constant"],
        Param(
            "the learning rate's course: up, then down to a hundredth; a tenth"
            " after half and again after three quarters; or always the same",
            zh="学习率的变化：先升，再降到百分之一；在一半和四分之三处各降为十分之一；始终不变",
        ),
    ] = "triangle"
    momentum: Annotated[
        float,
        Param(
            "momentum (Nesterov's)",
            zh="动量（Nesterov）",
            low=0,
            high=0.999,
        ),
    ] = 0.9
    weight_decay: Annotated[
        float,
        Param(
            "pull of the weights towards zero", zh="权重衰减", low=0, high=1
        ),
    ] = 5e-4
    smoothing: Annotated[
        float,
        Param(
            "label smoothing: share of the target spread over all classes",
            zh="标签平滑：均分给所有类别的目标概率",
            low=0,
            high=0.9,
        ),
    ] = 0.1
    flip: Annotated[
        bool,
        Param(
            "mirror half of the pictures in training",
            zh="训练时把一半图片左右翻转",
        ),
    ] = True
    translate: Annotated[
        int,
        Param(
            "random shift of each picture in training, at most",
            zh="训练时每张图片随机平移的上限",
            low=0,
            high=16,
            unit="px",
        ),
    ] = 4
    cutout: Annotated[
        int,
        Param(
            "side of a square that is blanked in training",
            zh="训练时遮去的方块的边长",
            low=0,
            high=24,
            unit="px",
        ),
    ] = 0
    whiten: Annotated[
        bool,
        Param(
            "resnet9's first layer from the data's statistics, and fixed",
            zh="resnet9 的第一层由数据的统计量算出，并保持不变",
        ),
    ] = True
    average: Annotated[
        float,
        Param(
            "measure a moving average of the weights with this decay; 0: none",
            zh="评估权重的滑动平均，这是它的衰减率；0 表示不用",
            low=0,
            high=0.9999,
        ),
    ] = 0.0
    mirror_test: Annotated[
        bool,
        Param(
            "average the logits of a picture and its mirror image",
            zh="评估时把图片与其镜像的 logits 取平均",
        ),
    ] = False
    pictures: Annotated[
        int,
        Param(
            "train on this many pictures at most; 0: on all",
            zh="最多用多少张图片训练；0 表示全部",
            low=0,
            high=10_000_000,
        ),
    ] = 0
