"""Outputs as a decoder is trained on them."""

import torch
from torch import Tensor

PAD, BOS, EOS = 0, 1, 2


def shifted(rows: list[list[int]]) -> tuple[Tensor, Tensor]:
    """Outputs without marks to inputs (B, T) and targets (B, T)."""
    longest = max(map(len, rows)) + 1
    inputs = torch.full((len(rows), longest), PAD)
    targets = torch.full((len(rows), longest), PAD)
    for i, row in enumerate(rows):
        inputs[i, : len(row) + 1] = torch.tensor([BOS, *row])
        targets[i, : len(row) + 1] = torch.tensor([*row, EOS])
    return inputs, targets
