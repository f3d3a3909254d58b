"""Chapter 2: A working environment and a first model: U-Net denoising."""

from dltutor.chapter import Chapter, Demo, Training
from dltutor.data.sets import MNIST
from dltutor.hookspecs import hookimpl

_HERE = "dltutor_plugins.chapter02_hello"


@hookimpl
def dltutor_chapter() -> Chapter:
    return Chapter(
        id="chapter2",
        number=2,
        slug="hello",
        title={
            "en": "A working environment and a first model: U-Net denoising",
            "zh": "可用的环境与第一个模型：U-Net 去噪",
        },
        summary={
            "en": "Tensors, a file read byte by byte, and a U-Net that takes noise away.",
            "zh": "张量、逐字节读取的文件，以及一个能去除噪声的 U-Net。",
        },
        content="dltutor_content.chapter02_hello",
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
                "quick": {"epochs": 3, "pictures": 8_000},
                "standard": {},
                "full": {"epochs": 20, "pictures": 55_000},
            },
            builtin={
                "en": "scikit-learn's digits, 1,797 pictures of 8 x 8 enlarged to 28 x 28",
                "zh": "scikit-learn 自带的手写数字，1,797 张 8 x 8 图片放大为 28 x 28",
            },
            full=MNIST,
            own_data={
                "en": "a folder of pictures, which are cut into tiles of 28 x 28",
                "zh": "图片文件夹，图片会切成 28 x 28 的小块",
            },
            best="val_psnr_db",
            predict=f"{_HERE}.predict:predict",
            model=f"{_HERE}.model:for_table",
        ),
        demos=(
            Demo(
                name="denoise",
                title={
                    "en": "Noise on a slider, the picture before and after",
                    "zh": "拖动噪声，看去噪前后的图片",
                },
                function=f"{_HERE}.demo:denoised",
            ),
            Demo(
                name="softmax",
                title={
                    "en": "Softmax three ways, and where one breaks",
                    "zh": "softmax 的三种写法，以及哪一种会失效",
                },
                function=f"{_HERE}.softmax:show",
            ),
            Demo(
                name="bytes",
                title={
                    "en": "An idx file, byte by byte",
                    "zh": "逐字节查看 idx 文件",
                },
                function=f"{_HERE}.idx:browse",
            ),
        ),
    )
