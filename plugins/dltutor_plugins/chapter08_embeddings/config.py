"""What can be set in chapter 8's training."""

from dataclasses import dataclass
from typing import Annotated, Literal

from dltutor import chapter
from dltutor.chapter import Param


@dataclass(frozen=True, kw_only=True)
class Config(chapter.Config):
    """Training of a text classifier, or of word vectors."""

    model: Annotated[
        Literal["word", "char", "vectors"],
        Param(
            "word CNN, character CNN, or word vectors",
            zh="词 CNN、字符 CNN，或词向量",
        ),
    ] = "word"
    epochs: Annotated[
        int,
        Param("passes over the training set", zh="轮次", low=1, high=500),
    ] = 8
    batch_size: Annotated[
        int,
        Param(
            "texts in a step; for vectors, 128 pairs each",
            zh="每一步的文本数；训练词向量时每条算 128 对",
            low=1,
            high=4096,
        ),
    ] = 64
    lr: Annotated[
        float,
        Param(
            "peak learning rate of AdamW",
            zh="AdamW 的最大学习率",
            low=1e-6,
            high=1,
            log=True,
        ),
    ] = 1e-3
    weight_decay: Annotated[
        float,
        Param(
            "pull of the weights towards zero", zh="权重衰减", low=0, high=1
        ),
    ] = 0.01
    dropout: Annotated[
        float,
        Param("share of values dropped", zh="丢弃的比例", low=0, high=0.9),
    ] = 0.5
    width: Annotated[
        int,
        Param(
            "filters: of each length (word), of a layer (char)",
            zh="卷积核数：词 CNN 每种宽度，字符 CNN 每层",
            low=1,
            high=1024,
        ),
    ] = 100
    words: Annotated[
        int,
        Param("most words that are known", zh="最多认识的词数",
              low=10, high=1_000_000),
    ] = 30_000  # fmt: skip
    longest: Annotated[
        int,
        Param(
            "words of a text that are read",
            zh="每条文本最多读的词数",
            low=5,
            high=2000,
        ),
    ] = 120
    letters: Annotated[
        int,
        Param(
            "letters of a text that the character CNN reads",
            zh="字符 CNN 每条文本最多读的字母数",
            low=32,
            high=4000,
        ),
    ] = 256
    vectors: Annotated[
        str,
        Param(
            "start from: empty, own, or a file in word2vec format",
            zh="初始词向量：空、own（自己先训练）或 word2vec 格式的文件",
        ),
    ] = "own"
    frozen: Annotated[
        bool,
        Param(
            "leave the word vectors as they came",
            zh="冻结词向量，不再微调",
        ),
    ] = False
    kind: Annotated[
        Literal["skip-gram", "cbow", "fasttext"],
        Param("how word vectors are learnt", zh="词向量的学习方法"),
    ] = "skip-gram"
    output: Annotated[
        Literal["negative", "tree"],
        Param(
            "negative sampling or hierarchical softmax",
            zh="负采样或层次 softmax",
        ),
    ] = "negative"
    dimensions: Annotated[
        int,
        Param("numbers a word", zh="词向量的维数", low=2, high=1000),
    ] = 64
    window: Annotated[
        int,
        Param("neighbours to each side", zh="两侧的窗口", low=1, high=20),
    ] = 4
    passes: Annotated[
        int,
        Param(
            "passes over the text for word vectors",
            zh="训练词向量的遍数",
            low=1,
            high=500,
        ),
    ] = 5
    vector_lr: Annotated[
        float,
        Param(
            "learning rate of Adam for word vectors",
            zh="训练词向量的 Adam 学习率",
            low=1e-5,
            high=1,
            log=True,
        ),
    ] = 0.02
