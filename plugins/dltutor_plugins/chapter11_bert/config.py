"""What can be set in chapter 11's training."""

from dataclasses import dataclass
from typing import Annotated, Literal

from dltutor import chapter
from dltutor.chapter import Param


@dataclass(frozen=True, kw_only=True)
class Config(chapter.Config):
    """Pretraining of a miniature BERT, and fine-tuning of it or another."""

    model: Annotated[
        str,
        Param(
            "a checkpoint: hub name or folder; empty: a miniature,"
            " pretrained here",
            zh="检查点：hub 上的名字或文件夹；空：在这里预训练的微型模型",
        ),
    ] = ""
    epochs: Annotated[
        int,
        Param(
            "passes over the labelled examples",
            zh="微调轮次（有标签样本）",
            low=1,
            high=200,
        ),
    ] = 4
    batch_size: Annotated[
        int,
        Param(
            "labelled examples in a step",
            zh="微调每一步的样本数",
            low=1,
            high=1024,
        ),
    ] = 16
    lr: Annotated[
        float,
        Param(
            "peak learning rate of fine-tuning",
            zh="微调的最大学习率",
            low=1e-6,
            high=0.1,
            log=True,
        ),
    ] = 5e-4
    labels: Annotated[
        int,
        Param(
            "labelled examples to fine-tune with; 0: all",
            zh="微调所用的有标签样本数；0：全部",
            low=0,
            high=10_000_000,
        ),
    ] = 2000
    frozen: Annotated[
        bool,
        Param(
            "feature extraction: train the new head only",
            zh="特征提取：只训练新加的输出头",
        ),
    ] = False
    pooling: Annotated[
        Literal["mean", "cls"],
        Param(
            "a text's vector: the mean of its tokens, or that of [CLS]",
            zh="文本的向量：各词元的平均，或 [CLS] 的向量",
        ),
    ] = "mean"
    random_twin: Annotated[
        bool,
        Param(
            "train the same model from random weights beside it",
            zh="同时从随机权重训练同样的模型",
        ),
    ] = True
    max_length: Annotated[
        int,
        Param(
            "tokens of a text at most, [CLS] and [SEP] included",
            zh="文本最多的词元数，含 [CLS] 和 [SEP]",
            low=8,
            high=512,
        ),
    ] = 64
    pretrain_epochs: Annotated[
        int,
        Param(
            "miniature: passes over the text without labels",
            zh="微型模型：无标签文本的轮次",
            low=0,
            high=1000,
        ),
    ] = 12
    pretrain_batch: Annotated[
        int,
        Param(
            "miniature: windows of text in a step",
            zh="微型模型：预训练每一步的文本窗口数",
            low=2,
            high=4096,
        ),
    ] = 32
    pretrain_lr: Annotated[
        float,
        Param(
            "miniature: peak learning rate of pretraining",
            zh="微型模型：预训练的最大学习率",
            low=1e-6,
            high=0.1,
            log=True,
        ),
    ] = 2e-3
    masked: Annotated[
        float,
        Param(
            "miniature: share of tokens to predict",
            zh="微型模型：要预测的词元比例",
            low=0.01,
            high=0.9,
        ),
    ] = 0.15
    next_sentence: Annotated[
        bool,
        Param(
            "miniature: also ask whether the second part follows",
            zh="微型模型：同时判断后一段是否接着前一段",
        ),
    ] = False
    news: Annotated[
        int,
        Param(
            "miniature: newspaper sentences to pretrain with",
            zh="微型模型：预训练所用的报纸句子数",
            low=0,
            high=100_000,
        ),
    ] = 19_000
    width: Annotated[
        int,
        Param(
            "miniature: numbers a token",
            zh="微型模型：维数",
            low=8,
            high=1024,
        ),
    ] = 128
    layers: Annotated[
        int,
        Param("miniature: layers", zh="微型模型：层数", low=1, high=24),
    ] = 2
    heads: Annotated[
        int,
        Param(
            "miniature: heads; must divide width",
            zh="微型模型：头数，须整除维数",
            low=1,
            high=64,
        ),
    ] = 4
