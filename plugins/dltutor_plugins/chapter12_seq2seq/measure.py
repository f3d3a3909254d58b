"""How right an output is: by token, by sentence, by polyphone, by edits."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from dltutor.data.texts import Pair
from dltutor_plugins.chapter12_seq2seq.data import Sentences
from dltutor_plugins.chapter12_seq2seq.decode import greedy
from dltutor_plugins.chapter12_seq2seq.model import Transformer
from dltutor_plugins.chapter12_seq2seq.vocabulary import (
    EOS,
    PAD,
    Vocabulary,
)

Output = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scores:
    """Of the outputs for some sentences."""

    token_accuracy: float
    """share of places at which the output is right"""
    polyphone_accuracy: float
    """the same where a polyphone stands; NaN where none does"""
    sequence_error_rate: float
    """share of sentences with any mistake"""
    edit_rate: float
    """changed, missing and added tokens for each token of the truth"""
    low: float
    high: float
    """95 % interval of the token accuracy, over sentences"""


def scores(
    said: Sequence[Output],
    truth: Sequence[Pair],
    polyphones: Collection[str] = (),
) -> Scores:
    """Compares outputs place by place, and whole.

    An output that leaves out a token is wrong at every place behind it;
    its edit rate counts the gap once.
    """
    right, asked, right_of, edits, wrong = [], 0, 0, 0, 0
    for output, pair in zip(said, truth, strict=True):
        hits = [
            i < len(output) and output[i] == syllable
            for i, syllable in enumerate(pair.pinyin)
        ]
        of = [
            h
            for h, c in zip(hits, pair.hanzi, strict=True)
            if c in polyphones
        ]
        asked, right_of = asked + len(of), right_of + sum(of)
        right.append(sum(hits))
        edits += distance(output, pair.pinyin)
        wrong += output != pair.pinyin
    tokens = [len(pair.pinyin) for pair in truth]
    low, high = interval(right, tokens)
    return Scores(
        sum(right) / sum(tokens),
        right_of / asked if asked else float("nan"),
        wrong / len(truth),
        edits / sum(tokens),
        low,
        high,
    )


def distance(one: Sequence[str], other: Sequence[str]) -> int:
    """Fewest tokens to change, to add or to remove (Levenshtein, 1965)."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            change = before + (a != b)
            before = row[j]
            row[j] = min(change, before + 1, row[j - 1] + 1)
    return row[-1]


def interval(
    right: Sequence[int], tokens: Sequence[int]
) -> tuple[float, float]:
    """95 % of a share of tokens when sentences are drawn anew.

    Tokens of one sentence are wrong together, so sentences are drawn
    (1,000 times, with replacement) and not tokens.
    """
    generator = torch.Generator().manual_seed(0)
    n = len(tokens)
    drawn = torch.randint(0, n, (1000, n), generator=generator)
    share = torch.tensor(right)[drawn].sum(dim=1) / torch.tensor(tokens)[
        drawn
    ].sum(dim=1)
    low, high = share.quantile(torch.tensor([0.025, 0.975])).tolist()
    return low, high


def generated(
    model: Transformer, data: Sentences, syllables: Vocabulary
) -> list[Output]:
    """What the model writes by itself, in the order of the sentences."""
    model.eval()
    order = data.lengths.argsort()  # like lengths share a batch
    said: list[Output] = [()] * len(order)
    for places in torch.split(order, 128):
        source, _ = data.batch(places)
        rows = greedy(model, source).tolist()
        for place, row in zip(places.tolist(), rows, strict=True):
            said[place] = syllables.sentence(row)
    return said


@torch.inference_mode()
def forced(model: Transformer, data: Sentences) -> tuple[float, float]:
    """Mean loss and token accuracy with the truth as the model's past.

    The accuracy is no quality of translation: whenever the model slips,
    somebody puts it right before the next token.
    """
    model.eval()
    loss, right, ends, tokens = 0.0, 0, 0, 0
    for places in torch.split(data.lengths.argsort(), 128):
        source, target = data.batch(places)
        logits = model(source, target[:, :-1])  # (B, T, n)
        truth = target[:, 1:]
        loss += nats(logits, truth).item()
        told = (truth != PAD) & (truth != EOS)
        right += int(((logits.argmax(dim=2) == truth) & told).sum())
        tokens += int(told.sum())
        ends += len(truth)
    return loss / (tokens + ends), right / tokens


def nats(logits: Tensor, truth: Tensor) -> Tensor:
    """The sum of -ln p over all tokens that are no padding."""
    return F.cross_entropy(
        logits.float().flatten(0, 1),
        truth.flatten(),
        ignore_index=PAD,
        reduction="sum",
    )
