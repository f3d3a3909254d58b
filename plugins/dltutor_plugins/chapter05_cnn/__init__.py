"""Chapter 5: Convolutions on MNIST."""

from dltutor.chapter import Chapter, Demo, Training
from dltutor.data.sets import MNIST
from dltutor.hookspecs import hookimpl

_HERE = "dltutor_plugins.chapter05_cnn"


@hookimpl
def dltutor_chapter() -> Chapter:
    return Chapter(
        id="chapter5",
        number=5,
        slug="cnn",
        title={
            "en": "Convolutions on MNIST",
            "zh": "用卷积识别 MNIST",
        },
        summary={
            "en": "A sum that slides: kernels, sizes, receptive fields, and cheaper variants.",
            "zh": "滑动的加权和：卷积核、输出尺寸、感受野，以及更省的变体。",
        },
        content="dltutor_content.chapter05_cnn",
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
                "quick": {"epochs": 6, "batch_size": 64},
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
            bf16_on_cpu=True,
            best="val_accuracy",
            predict=f"{_HERE}.predict:predict",
            model=f"{_HERE}.model:for_table",
        ),
        demos=(
            Demo(
                name="kernel",
                title={
                    "en": "A kernel on a picture, cell by cell",
                    "zh": "把卷积核放到图片上，逐格计算",
                },
                function=f"{_HERE}.kernel:show",
            ),
            Demo(
                name="sizes",
                title={
                    "en": "Output sizes and receptive fields of a stack",
                    "zh": "一串层的输出尺寸和感受野",
                },
                function=f"{_HERE}.sizes:show",
            ),
        ),
    )
