"""Chapter 3: MNIST with a multilayer perceptron."""

from dltutor.chapter import Chapter, Demo, Training
from dltutor.data.sets import MNIST
from dltutor.hookspecs import hookimpl

_HERE = "dltutor_plugins.chapter03_mlp"


@hookimpl
def dltutor_chapter() -> Chapter:
    return Chapter(
        id="chapter3",
        number=3,
        slug="mlp",
        title={
            "en": "MNIST with a multilayer perceptron",
            "zh": "用多层感知机识别 MNIST",
        },
        summary={
            "en": "From labels to logits: a network of three layers that reads handwritten digits.",
            "zh": "从标签到 logits：用三层网络识别手写数字。",
        },
        content="dltutor_content.chapter03_mlp",
        requires=(
            "torch",
            "lightning_fabric",
            "numpy",
            "safetensors",
            "sklearn",
            "PIL",
        ),
        install="dltutor[train]",
        training=Training(
            config=f"{_HERE}.config:Config",
            routine=f"{_HERE}.train:train",
            presets={
                "quick": {"epochs": 10, "batch_size": 64},
                "standard": {},
                "full": {"epochs": 40},
            },
            builtin={
                "en": "scikit-learn's digits, 1,797 pictures of 8 x 8 enlarged to 28 x 28",
                "zh": "scikit-learn 自带的手写数字，1,797 张 8 x 8 图片放大为 28 x 28",
            },
            full=MNIST,
            own_data={
                "en": "a folder with a subfolder of pictures for each class",
                "zh": "每个类别一个子文件夹的图片文件夹",
            },
            best="val_accuracy",
            predict=f"{_HERE}.predict:predict",
            model=f"{_HERE}.model:for_table",
        ),
        demos=(
            Demo(
                name="digit",
                title={
                    "en": "Draw a digit, watch ten probabilities",
                    "zh": "画一个数字，看十个概率",
                },
                function=f"{_HERE}.demo:digit",
            ),
            Demo(
                name="softmax",
                title={
                    "en": "From logits to probabilities and a loss",
                    "zh": "从 logits 到概率和损失",
                },
                function=f"{_HERE}.softmax:show",
            ),
        ),
    )
