"""Chapter 1: Why deep learning, why PyTorch 2."""

from dltutor.chapter import Chapter, Demo, Training
from dltutor.data.sets import MNIST
from dltutor.hookspecs import hookimpl

_HERE = "dltutor_plugins.chapter01_intro"


@hookimpl
def dltutor_chapter() -> Chapter:
    return Chapter(
        id="chapter1",
        number=1,
        slug="intro",
        title={
            "en": "Why deep learning, why PyTorch 2",
            "zh": "为什么学深度学习，为什么用 PyTorch 2",
        },
        summary={
            "en": "From rules to networks, and one model trained eagerly and compiled.",
            "zh": "从规则到网络；同一个模型，即时执行与编译执行各训练一次。",
        },
        content="dltutor_content.chapter01_intro",
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
                "quick": {"epochs": 10, "batch_size": 128},
                "standard": {},
                "full": {"epochs": 20},
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
                name="timeline",
                title={
                    "en": "A timeline from 1943 to PyTorch 2",
                    "zh": "从 1943 年到 PyTorch 2 的时间线",
                },
                function=f"{_HERE}.timeline:timeline",
            ),
            Demo(
                name="playground",
                title={
                    "en": "Type an expression, see its gradients",
                    "zh": "输入表达式，看它的梯度",
                },
                function=f"{_HERE}.playground:playground",
            ),
            Demo(
                name="ways",
                title={
                    "en": "A rule, a statistic and a network read a digit",
                    "zh": "规则、统计和网络识别同一个数字",
                },
                function=f"{_HERE}.ways:ways",
            ),
            Demo(
                name="graphs",
                title={
                    "en": "What torch.compile captures, call by call",
                    "zh": "torch.compile 每次调用捕获了什么",
                },
                function=f"{_HERE}.graphs:graphs",
            ),
        ),
    )
