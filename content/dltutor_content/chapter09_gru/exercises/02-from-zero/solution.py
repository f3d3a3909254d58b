"""A vocabulary of characters, and lengths without padding."""

from collections import Counter

import torch
from torch import Tensor

PAD, UNKNOWN = 0, 1


def vocabulary(reviews: list[str]) -> dict[str, int]:
    """Characters and their indices, frequent ones first."""
    counts = Counter(c for review in reviews for c in review)
    kept = sorted(counts, key=lambda c: (-counts[c], c))
    return {c: i for i, c in enumerate(kept, UNKNOWN + 1)}


def size(index: dict[str, int]) -> int:
    """Rows that the embedding needs."""
    return max(index.values()) + 1


def pad(rows: list[list[int]]) -> Tensor:
    """(B, T), filled up with PAD."""
    x = torch.full((len(rows), max(map(len, rows))), PAD)
    for i, row in enumerate(rows):
        x[i, : len(row)] = torch.tensor(row)
    return x


def lengths(x: Tensor) -> Tensor:
    """(B,): how many characters each row has."""
    return (x != PAD).sum(dim=1)
