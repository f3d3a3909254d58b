"""Chapter 4: Gradient descent and backpropagation from scratch."""

from dltutor.chapter import Chapter, Demo, Training
from dltutor.hookspecs import hookimpl

_HERE = "dltutor_plugins.chapter04_backprop"


@hookimpl
def dltutor_chapter() -> Chapter:
    return Chapter(
        id="chapter4",
        number=4,
        slug="backprop",
        title={
            "en": "Gradient descent and backpropagation from scratch",
            "zh": "从零实现梯度下降与反向传播",
        },
        summary={
            "en": "Downhill step by step, and every gradient by hand before autograd.",
            "zh": "一步一步走下坡；先手推每个梯度，再用自动求导核对。",
        },
        content="dltutor_content.chapter04_backprop",
        requires=("torch", "lightning_fabric", "numpy", "safetensors"),
        install="dltutor[train]",
        training=Training(
            config=f"{_HERE}.config:Config",
            routine=f"{_HERE}.train:train",
            presets={
                "quick": {"epochs": 500},
                "standard": {},
                "full": {"networks": 1000},
                "line": {
                    "task": "line",
                    "optimiser": "descent",
                    "lr": 0.1,
                    "epochs": 1000,
                },
            },
            builtin={
                "en": "the four rows of XOR, or 100 noisy points about y = 1 + x; "
                "no public data set is needed",
                "zh": "异或的四行，或 y = 1 + x 附近的 100 个带噪声的点；"
                "不需要公开数据集",
            },
            own_data={
                "en": "for the line: a CSV file with the columns x and y",
                "zh": "用于直线拟合：含有 x 和 y 两列的 CSV 文件",
            },
            best="-train_loss",
            predict=f"{_HERE}.predict:predict",
            model=f"{_HERE}.model:for_table",
        ),
        demos=(
            Demo(
                name="line",
                title={
                    "en": "A line through points, step by step",
                    "zh": "一步一步拟合直线",
                },
                function=f"{_HERE}.fit:show",
            ),
            Demo(
                name="surface",
                title={
                    "en": "Four optimisers on four surfaces",
                    "zh": "四个优化器，四个曲面",
                },
                function=f"{_HERE}.surface:show",
            ),
            Demo(
                name="graph",
                title={
                    "en": "Values forward, gradients backward",
                    "zh": "数值向前，梯度向后",
                },
                function=f"{_HERE}.graph:show",
            ),
            Demo(
                name="boundary",
                title={
                    "en": "XOR while it is being learnt",
                    "zh": "看网络学会异或",
                },
                function=f"{_HERE}.boundary:show",
            ),
            Demo(
                name="vanishing",
                title={
                    "en": "The gradient from layer to layer",
                    "zh": "逐层观察梯度",
                },
                function=f"{_HERE}.vanishing:show",
            ),
        ),
    )
