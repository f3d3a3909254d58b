"""What can be set in chapter 13's training."""

from dataclasses import dataclass
from typing import Annotated

from dltutor import chapter
from dltutor.chapter import Param

LANDER = "LunarLander-v3"


@dataclass(frozen=True, kw_only=True)
class Config(chapter.Config):
    """Training of a policy by proximal policy optimisation."""

    env: Annotated[
        str,
        Param(
            "Gymnasium environment with discrete actions",
            zh="Gymnasium 环境，动作须是离散的",
        ),
    ] = LANDER
    steps: Annotated[
        int,
        Param(
            "environment steps in all",
            zh="环境总步数",
            low=1_000,
            high=1_000_000_000,
        ),
    ] = 1_000_000
    envs: Annotated[
        int,
        Param(
            "environments side by side", zh="并行的环境数", low=1, high=1024
        ),
    ] = 16
    horizon: Annotated[
        int,
        Param(
            "steps of each environment between updates",
            zh="两次更新之间每个环境走的步数",
            low=2,
            high=65_536,
        ),
    ] = 512
    batch_size: Annotated[
        int,
        Param(
            "steps in a mini-batch", zh="小批量的步数", low=2, high=65_536
        ),
    ] = 512
    passes: Annotated[
        int,
        Param(
            "passes over what was collected",
            zh="对收集到的数据重复学习的遍数",
            low=1,
            high=100,
        ),
    ] = 8
    lr: Annotated[
        float,
        Param(
            "learning rate of Adam at the start; it falls to 0",
            zh="Adam 开始时的学习率，逐渐降到 0",
            low=1e-6,
            high=1,
            log=True,
        ),
    ] = 1e-3
    gamma: Annotated[
        float,
        Param("discount of later rewards", zh="折扣因子", low=0, high=1),
    ] = 0.999
    gae_lambda: Annotated[
        float,
        Param(
            "lambda of the advantages",
            zh="优势估计的 lambda",
            low=0,
            high=1,
        ),
    ] = 0.98
    clip: Annotated[
        float,
        Param(
            "how far the ratio may leave 1",
            zh="概率比允许偏离 1 的范围",
            low=0.01,
            high=10,
        ),
    ] = 0.2
    entropy: Annotated[
        float,
        Param("weight of the entropy", zh="熵的权重", low=0, high=1),
    ] = 0.01
    hidden: Annotated[
        int,
        Param(
            "units of each hidden layer",
            zh="隐藏层单元数",
            low=1,
            high=4096,
        ),
    ] = 128
    evaluate_every: Annotated[
        int,
        Param(
            "updates between two evaluations",
            zh="两次评估之间的更新次数",
            low=1,
            high=100_000,
        ),
    ] = 10
