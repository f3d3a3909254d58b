"""Text as token ids: a vocabulary, and what a model is given."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from torch import Tensor
from transformers import BertTokenizer

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def vocabulary(texts: Iterable[str], at_least: int = 3) -> dict[str, int]:
    """Token to id: the special five, then characters by frequency.

    A character that stands fewer than ``at_least`` times is left out and
    read as ``[UNK]``. Letters and digits come twice: at the start of a
    word, and within one as ``##a``, as WordPiece writes words in pieces.
    """
    counts = Counter(c for text in texts for c in text.lower())
    often = [c for c, n in counts.most_common() if n >= at_least]
    often = [c for c in often if not c.isspace()]
    inside = [f"##{c}" for c in often if not stands_alone(c)]
    return {token: i for i, token in enumerate((*SPECIAL, *often, *inside))}


def stands_alone(char: str) -> bool:
    """Chinese characters and punctuation are words of their own."""
    code, kind = ord(char), unicodedata.category(char)
    ascii_sign = char.isascii() and not char.isalnum()
    return ascii_sign or kind[0] == "P" or is_hanzi(code)


def is_hanzi(code: int) -> bool:
    return (
        0x4E00 <= code <= 0x9FFF
        or 0x3400 <= code <= 0x4DBF
        or 0x20000 <= code <= 0x2FA1F
        or 0xF900 <= code <= 0xFAFF
    )


def tokenizer(vocab: dict[str, int]) -> BertTokenizer:
    """BERT's tokenizer over a vocabulary of one's own."""
    return BertTokenizer(vocab=vocab, do_lower_case=True)


class Encoded(NamedTuple):
    """Texts as a model gets them."""

    ids: Tensor
    """(N, T) int64, padded at the end to the longest"""
    mask: Tensor
    """(N, T) bool, False in padding"""

    @property
    def lengths(self) -> list[int]:
        found: list[int] = self.mask.sum(dim=1).tolist()
        return found


def encode(
    tokenizer: Any, texts: Sequence[str], max_length: int
) -> Encoded:
    """``[CLS]`` text ``[SEP]``, cut to ``max_length``: one row a text."""
    batch = tokenizer(
        list(texts),
        truncation=True,
        max_length=max_length,
        padding=True,
        return_tensors="pt",
    )
    return Encoded(batch["input_ids"], batch["attention_mask"].bool())


def trim(ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Without the columns that are padding in every row of a batch."""
    longest = int(mask.sum(dim=1).max())
    return ids[:, :longest], mask[:, :longest]
