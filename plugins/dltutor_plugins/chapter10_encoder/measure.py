"""How many characters are right: the encoder, counting, and both."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from dltutor.chapter import pick
from dltutor.events import Event, Say, Show
from dltutor.views import Table
from dltutor_plugins.chapter10_encoder.bigram import Bigram
from dltutor_plugins.chapter10_encoder.data import Sentences, Sets

if TYPE_CHECKING:
    from dltutor.training.run import Run

WEIGHTS = (0.0, 0.1, 0.25, 0.5, 1.0, 2.0)
"""of the encoder's scores beside the bigram's; 0: the bigram alone"""
Way = Callable[[list[int], Tensor], list[int]]
"""syllables and log-probabilities (T, characters) to characters"""


@torch.inference_mode()
def scored(
    model: nn.Module, data: Sentences
) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """Batches x, y (B, T) and log-probabilities (B, T, characters)."""
    model.eval()
    for which in torch.split(data.lengths.argsort(stable=True), 128):
        x, y = data.batch(which)
        yield x, y, model(x).float().log_softmax(dim=2)


def evaluate(
    model: nn.Module, data: Sentences, name: str
) -> dict[str, float]:
    """Mean loss and share of right characters: ``val_loss`` and so on."""
    loss = right = 0.0
    for x, y, scores in scored(model, data):
        there = x > 0
        loss += F.nll_loss(scores[there], y[there], reduction="sum").item()
        said = scores.argmax(dim=2)
        right += ((said == y) & (y > 0)).sum().item()
    count = int(data.lengths.sum())
    return {f"{name}_loss": loss / count, f"{name}_accuracy": right / count}


def ways(counts: Bigram, weight: float) -> dict[str, Way]:
    """Five ways to choose characters, by the names of their figures."""
    return {
        "baseline_most_frequent": lambda ids, _: counts.most_frequent(ids),
        "baseline_bigram": lambda ids, _: counts.decode(ids),
        "test_accuracy": lambda _, scores: scores.argmax(dim=1).tolist(),
        "test_accuracy_seen": counts.choose,
        "test_accuracy_bigram": lambda ids, scores: counts.decode(
            ids, scores, weight
        ),
    }


def rights(
    model: nn.Module, data: Sentences, chosen: dict[str, Way]
) -> dict[str, list[int]]:
    """Right characters of each sentence, for each way and as ``length``."""
    found: dict[str, list[int]] = {name: [] for name in (*chosen, "length")}
    for x, y, scores in scored(model, data):
        for ids, truth, rows in zip(
            x.cpu(), y.cpu(), scores.cpu(), strict=True
        ):
            n = int((ids > 0).sum())
            found["length"].append(n)
            for name, way in chosen.items():
                said = torch.tensor(way(ids[:n].tolist(), rows[:n]))
                right = (said == truth[:n]) & (said > 0)
                found[name].append(int(right.sum()))
    return found


def half_width(right: Sequence[int], lengths: Sequence[int]) -> float:
    """Half of the 95 % interval of a share of characters.

    Sentences were drawn, not characters: what is right in one sentence is
    not independent. So it is the spread of sentences that counts (the
    standard error of a ratio of two means).
    """
    share = sum(right) / sum(lengths)
    squares = (
        (r - share * n) ** 2 for r, n in zip(right, lengths, strict=True)
    )
    return 1.96 * math.sqrt(sum(squares)) / sum(lengths)


def best_weight(model: nn.Module, counts: Bigram, val: Sentences) -> float:
    """The weight of the encoder that is best on validation sentences."""
    named = {
        str(w): ways(counts, w)["test_accuracy_bigram"] for w in WEIGHTS
    }
    found = rights(model, val, named)
    return max(WEIGHTS, key=lambda w: sum(found[str(w)]))


def compare(
    model: nn.Module, counts: Bigram, sets: Sets, run: Run
) -> Generator[Event, None, dict[str, float]]:
    """All ways on the test sentences, with intervals; the final figures."""
    weight = best_weight(model, counts, sets.val)
    found = rights(model, sets.test, ways(counts, weight))
    lengths = found.pop("length")
    total = sum(lengths)
    figures = {name: sum(right) / total for name, right in found.items()}
    columns = (
        {"en": "way", "zh": "方法"},
        {"en": "characters right", "zh": "字准确率"},
        {"en": "95 % interval, +-", "zh": "95% 区间，±"},
    )
    rows = [
        (
            pick(NAMES[name], run.lang),
            f"{figures[name]:.4f}",
            f"{half_width(right, lengths):.4f}",
        )
        for name, right in found.items()
    ]
    yield Show("ways", Table(columns=columns, rows=rows))
    both, alone = found["test_accuracy_bigram"], found["baseline_bigram"]
    gain = [a - b for a, b in zip(both, alone, strict=True)]
    mean, half = sum(gain) / total, half_width(gain, lengths)
    text = {
        "en": f"bigram and encoder (weight {weight:g}) less the bigram"
        f" alone: {mean:+.4f}, 95 % interval {mean - half:+.4f} to"
        f" {mean + half:+.4f}; {len(lengths):,} sentences,"
        f" {total:,} characters",
        "zh": f"二元模型加编码器（权重 {weight:g}）与单独二元模型之差："
        f"{mean:+.4f}，95% 置信区间 {mean - half:+.4f} 到"
        f" {mean + half:+.4f}；{len(lengths):,} 句，{total:,} 字",
    }
    yield Say(pick(text, run.lang))
    plain = sets.vocabulary.without_tones().to(sets.test.x.device)
    open_tones = sets.test._replace(x=plain[sets.test.x])
    three = ("test_accuracy", "test_accuracy_bigram", "baseline_bigram")
    chosen = {n: w for n, w in ways(counts, weight).items() if n in three}
    bare = rights(model, open_tones, chosen)
    run.keep(weight=weight)
    return {
        "test_loss": evaluate(model, sets.test, "test")["test_loss"],
        **figures,
        "toneless_accuracy": sum(bare["test_accuracy"]) / total,
        "toneless_accuracy_bigram": sum(bare["test_accuracy_bigram"])
        / total,
        "baseline_toneless_bigram": sum(bare["baseline_bigram"]) / total,
        "encoder_weight": weight,
    }


NAMES = {
    "baseline_most_frequent": {
        "en": "most frequent character of the syllable",
        "zh": "该音节最常见的字",
    },
    "baseline_bigram": {
        "en": "bigram, Viterbi",
        "zh": "二元模型，维特比",
    },
    "test_accuracy": {"en": "encoder alone", "zh": "单独的编码器"},
    "test_accuracy_seen": {
        "en": "encoder, characters seen for the syllable",
        "zh": "编码器，只选该音节见过的字",
    },
    "test_accuracy_bigram": {
        "en": "bigram and encoder",
        "zh": "二元模型加编码器",
    },
}


def describe(sets: Sets, lang: str) -> Iterator[Event]:
    """How many sentences, characters and syllables there are."""
    n, val, test = (len(part.x) for part in sets[:3])
    words = sets.vocabulary
    toned = len(words.syllables) - 2 - len(words.bases)
    characters = len(words.characters) - 1
    new = int(((sets.test.y == 0) & (sets.test.x > 0)).sum())
    text = {
        "en": f"{n:,} sentences to train, {val:,} to validate, {test:,} to"
        f" test; {toned:,} syllables with tone, {characters:,} characters;"
        f" {new} characters of the test never stand in training",
        "zh": f"训练 {n:,} 句，验证 {val:,} 句，测试 {test:,} 句；带声调的"
        f"音节 {toned:,} 个，汉字 {characters:,} 个；测试中有 {new} 个字"
        "没有在训练中出现过",
    }
    yield Say(pick(text, lang))
