"""Chapter 7: Residual networks on CIFAR-10."""

from dltutor.chapter import Chapter, Demo, Training
from dltutor.hookspecs import hookimpl
from dltutor_plugins.chapter07_resnet.cifar import CIFAR10

_HERE = "dltutor_plugins.chapter07_resnet"


@hookimpl
def dltutor_chapter() -> Chapter:
    return Chapter(
        id="chapter7",
        number=7,
        slug="resnet",
        title={
            "en": "Residual networks on CIFAR-10",
            "zh": "在 CIFAR-10 上训练残差网络",
        },
        summary={
            "en": "Why deeper got worse, and the shortcut that mended it.",
            "zh": "为什么更深反而更差，以及解决它的捷径连接。",
        },
        content="dltutor_content.chapter07_resnet",
        requires=(
            "torch",
            "lightning_fabric",
            "numpy",
            "safetensors",
            "skimage",
            "PIL",
        ),
        install="dltutor[vision]",
        training=Training(
            config=f"{_HERE}.config:Config",
            routine=f"{_HERE}.train:train",
            presets={
                "quick": {"scale": 0.125, "epochs": 8, "pictures": 5000},
                "standard": {},
                "deep": {
                    "network": "resnet44",
                    "scale": 0.5,
                    "epochs": 8,
                    "batch_size": 64,
                    "lr": 0.1,
                    "smoothing": 0.0,
                },
                "full": {
                    "network": "resnet56",
                    "scale": 1.0,
                    "epochs": 164,
                    "lr": 0.1,
                    "schedule": "steps",
                    "weight_decay": 1e-4,
                    "smoothing": 0.0,
                },
                "fast": {
                    "scale": 1.0,
                    "epochs": 20,
                    "batch_size": 512,
                    "lr": 0.4,
                    "cutout": 8,
                    "average": 0.99,
                    "mirror_test": True,
                },
            },
            builtin={
                "en": "4,655 patches of ten photographs that come with"
                " scikit-image",
                "zh": "scikit-image 自带的十张照片中的 4,655 个小块",
            },
            full=CIFAR10,
            own_data={
                "en": "a folder with a subfolder of pictures for each class,"
                " or such folders called train and test",
                "zh": "每个类别一个子文件夹的图片文件夹，或名为 train 和 test 的两个这样的文件夹",
            },
            bf16_on_cpu=True,
            best="val_accuracy",
            predict=f"{_HERE}.predict:predict",
            model=f"{_HERE}.zoo:for_table",
        ),
        demos=(
            Demo(
                name="gradients",
                title={
                    "en": "The gradient by layer, plain and residual",
                    "zh": "各层的梯度：普通网络与残差网络",
                },
                function=f"{_HERE}.demo:gradients",
            ),
            Demo(
                name="blocks",
                title={
                    "en": "A network's blocks, shapes and parameters",
                    "zh": "网络的块、形状和参数",
                },
                function=f"{_HERE}.demo:blocks",
            ),
            Demo(
                name="augment",
                title={
                    "en": "Other pictures out of one",
                    "zh": "一张图片变出的其他图片",
                },
                function=f"{_HERE}.demo:augment",
            ),
            Demo(
                name="schedules",
                title={
                    "en": "Courses of the learning rate",
                    "zh": "学习率的变化",
                },
                function=f"{_HERE}.demo:schedules",
            ),
            Demo(
                name="classify",
                title={
                    "en": "What is in the picture?",
                    "zh": "图片里是什么？",
                },
                function=f"{_HERE}.classify:classify",
            ),
        ),
    )
