"""Texts as one tensor of indices."""

import torch
from torch import Tensor

PAD, UNKNOWN = 0, 1


def encode(texts: list[str], index: dict[str, int], most: int) -> Tensor:
    """(B, T) of int64."""
    rows = []
    for text in texts:
        if len(text) > most:
            head = most // 2
            text = text[:head] + text[len(text) - (most - head) :]
        rows.append([index.get(c, UNKNOWN) for c in text] or [UNKNOWN])
    x = torch.full((len(rows), max(map(len, rows))), PAD)
    for i, row in enumerate(rows):
        x[i, : len(row)] = torch.tensor(row)
    return x
