"""Texts as one tensor of indices."""

import torch
from torch import Tensor

PAD, UNKNOWN = 0, 1


def encode(texts: list[str], index: dict[str, int], most: int) -> Tensor:
    """(B, T) of int64."""
    # Your part: unknown characters, long texts, empty ones.
    rows = [[index[c] for c in text] for text in texts]
    x = torch.full((len(rows), max(map(len, rows))), PAD)
    for i, row in enumerate(rows):
        x[i, : len(row)] = torch.tensor(row)
    return x
