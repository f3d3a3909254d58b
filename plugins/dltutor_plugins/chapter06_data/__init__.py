"""Chapter 6: Dataset, DataLoader, transforms, and watching a run."""

from dltutor.chapter import Chapter, Demo, Training
from dltutor.data.sets import MNIST
from dltutor.hookspecs import hookimpl

_HERE = "dltutor_plugins.chapter06_data"


@hookimpl
def dltutor_chapter() -> Chapter:
    return Chapter(
        id="chapter6",
        number=6,
        slug="data",
        title={
            "en": "Dataset, DataLoader, transforms, and watching a run",
            "zh": "Dataset、DataLoader、变换与观察训练",
        },
        summary={
            "en": "How data reach the model, what that costs, and how to read a curve.",
            "zh": "数据如何送到模型、代价多大，以及怎样读懂曲线。",
        },
        content="dltutor_content.chapter06_data",
        requires=(
            "torch",
            "torchvision",
            "tensorboard",
            "lightning_fabric",
            "numpy",
            "safetensors",
            "sklearn",
            "PIL",
        ),
        install="dltutor[vision]",
        training=Training(
            config=f"{_HERE}.config:Config",
            routine=f"{_HERE}.train:train",
            presets={
                "quick": {
                    "epochs": 6,
                    "batch_size": 64,
                    "augment": "shift",
                    "workers": 0,
                },
                "standard": {},
                "full": {"epochs": 30},
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
                name="throughput",
                title={
                    "en": "When a DataLoader helps and when it hurts",
                    "zh": "DataLoader 何时有益，何时有害",
                },
                function=f"{_HERE}.throughput:throughput",
            ),
            Demo(
                name="transforms",
                title={
                    "en": "A picture through a transform, six times",
                    "zh": "同一张图片经过变换六次",
                },
                function=f"{_HERE}.gallery:transforms",
            ),
            Demo(
                name="curve",
                title={
                    "en": "Read a curve: too fast, overfitted, healthy",
                    "zh": "读曲线：过快、过拟合、健康",
                },
                function=f"{_HERE}.curve:curve",
            ),
        ),
    )
