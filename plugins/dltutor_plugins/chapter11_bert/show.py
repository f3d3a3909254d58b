"""What a run of chapter 11 says and shows beside its figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dltutor.chapter import pick
from dltutor.events import Event, Say, Show
from dltutor.measure import confusion, interval
from dltutor.views import Table
from dltutor_plugins.chapter11_bert.data import Sets

if TYPE_CHECKING:
    from dltutor_plugins.chapter11_bert.config import Config

NAMES = {
    "model": {"en": "from the checkpoint", "zh": "从检查点开始"},
    "random": {"en": "from random weights", "zh": "从随机权重开始"},
    "tfidf": {"en": "linear, character pairs", "zh": "线性模型，字符对"},
}
MOST_SHOWN = 20
"""classes; a larger matrix fits no terminal"""


def corpus(
    texts: int, windows: int, tokens: int, lang: str
) -> Iterator[Event]:
    """How much text there is to learn from without labels."""
    text = {
        "en": f"pretraining on {texts:,} texts without labels, cut into"
        f" {windows:,} windows; {tokens:,} tokens in the vocabulary. No"
        " text of the validation and test sets is among them.",
        "zh": f"预训练用 {texts:,} 段无标签文本，切成 {windows:,} 个窗口；"
        f"词表有 {tokens:,} 个词元。其中没有验证集和测试集的文本。",
    }
    yield Say(pick(text, lang))


def task(
    few: int, sets: Sets, folder: Path, config: Config, lang: str
) -> Iterator[Event]:
    """What is fine-tuned, and whether it deserves the name."""
    name = config.model or folder.name
    way = {
        "en": "feature extraction (the encoder is frozen, only the head"
        " learns)"
        if config.frozen
        else "fine-tuning (all weights learn)",
        "zh": "特征提取（编码器冻结，只训练输出头）"
        if config.frozen
        else "微调（训练全部权重）",
    }
    text = {
        "en": f"{name}: {way['en']} on {few:,} labelled texts of"
        f" {len(sets.classes)} classes; {len(sets.val.y):,} to validate,"
        f" {len(sets.test.y):,} to test",
        "zh": f"{name}：{way['zh']}，{few:,} 条有标签文本，"
        f"{len(sets.classes)} 个类别；验证 {len(sets.val.y):,} 条，"
        f"测试 {len(sets.test.y):,} 条",
    }
    yield Say(pick(text, lang))


def results(
    said: Mapping[str, Sequence[int]],
    truth: Sequence[int],
    classes: Sequence[str],
    lang: str,
) -> Iterator[Event]:
    """Each model's accuracy on the test set with its interval."""
    n = len(truth)
    rows = []
    for name, answers in said.items():
        right = sum(a == b for a, b in zip(answers, truth, strict=True))
        low, high = interval(right, n)
        rows.append(
            (
                pick(NAMES[name], lang),
                f"{right:,}/{n:,}",
                f"{right / n:.4f}",
                f"{low:.4f} .. {high:.4f}",
            )
        )
    columns = (
        {"en": "model", "zh": "模型"},
        {"en": "right", "zh": "答对"},
        {"en": "accuracy", "zh": "准确率"},
        {"en": "95 % interval", "zh": "95% 置信区间"},
    )
    yield Show(
        "results",
        Table(
            title={
                "en": "On the test set, same labelled examples",
                "zh": "测试集上，有标签样本相同",
            },
            columns=columns,
            rows=rows,
        ),
    )
    if len(classes) <= MOST_SHOWN:
        yield Show("confusion", confusion(said["model"], truth, classes))
