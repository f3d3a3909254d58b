"""The two tasks of BERT's pretraining, made out of text alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from dltutor_plugins.chapter11_bert.data import windows


def mask_tokens(
    ids: Tensor,
    may: Tensor,
    share: float,
    mask_id: int,
    first: int,
    end: int,
) -> tuple[Tensor, Tensor]:
    """Hides tokens (B, T); gives what the model sees, and which to predict.

    Each token where ``may`` is True is chosen with probability ``share``.
    Of the chosen 80 % become ``[MASK]``, 10 % any token from ``first`` up
    to ``end``, and 10 % stay. The second result is (B, T) bool.
    """
    chosen = (torch.rand(ids.shape, device=ids.device) < share) & may
    way = torch.rand(ids.shape, device=ids.device)
    other = torch.randint(first, end, ids.shape, device=ids.device)
    seen = torch.where(chosen & (way < 0.8), mask_id, ids)
    seen = torch.where(chosen & (way >= 0.9), other, seen)
    return seen, chosen


class Pairs(NamedTuple):
    """``[CLS]`` first ``[SEP]`` second ``[SEP]``, N times."""

    ids: Tensor
    """(N, T) int64"""
    mask: Tensor
    """(N, T) bool, False in padding"""
    segments: Tensor
    """(N, T) int64: 0 in the first part with its ``[SEP]``, then 1"""
    follows: Tensor
    """(N,) int64: 0 where the second part follows the first, else 1"""

    def trimmed(self) -> Pairs:
        """Without the columns that are padding in every row."""
        longest = int(self.mask.sum(dim=1).max())
        rows = [part[:, :longest] for part in self[:3]]
        return Pairs(rows[0], rows[1], rows[2], self.follows)


def sentence_pairs(
    lines: Sequence[str],
    tokenizer: Any,
    max_length: int,
    generator: Any,
    share: float = 0.5,
) -> Pairs:
    """Windows of text, each cut in two; a share of second parts swapped.

    The second part of a swapped pair comes from another text, so its label
    is never wrong by accident.
    """
    found = list(windows(lines, max_length - 3))
    middle = [cut(piece) for _, piece in found]
    first = [piece[:m] for (_, piece), m in zip(found, middle, strict=True)]
    second = [
        piece[m:] for (_, piece), m in zip(found, middle, strict=True)
    ]
    swapped = generator.random(len(found)) < share
    other = generator.integers(0, len(found), len(found))
    texts_of = [place for place, _ in found]
    follows = []
    for i, j in enumerate(other.tolist()):
        swap = bool(swapped[i]) and texts_of[i] != texts_of[j]
        follows.append(int(swap))
        if swap:
            second[i] = found[j][1][middle[j] :]
    return encoded(first, second, follows, tokenizer, max_length)


def encoded(
    first: list[str],
    second: list[str],
    follows: list[int],
    tokenizer: Any,
    max_length: int,
) -> Pairs:
    """The pairs as tensors, padded to the longest."""
    batch = tokenizer(
        first,
        second,
        truncation=True,
        max_length=max_length,
        padding=True,
        return_tensors="pt",
    )
    return Pairs(
        batch["input_ids"],
        batch["attention_mask"].bool(),
        batch["token_type_ids"],
        torch.tensor(follows),
    )


def cut(piece: str) -> int:
    """Where a piece is divided: behind the sign nearest to its middle."""
    half = len(piece) // 2
    places = [
        i + 1
        for i, c in enumerate(piece[:-1])
        if c in ",.!?;:。，！？；：、 " and i > 0
    ]
    return min(places, key=lambda i: abs(i - half), default=half)
