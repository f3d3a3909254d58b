"""Pretrained vectors in a layer."""

import torch
from torch import Tensor, nn


def embedding(
    vocabulary: list[str], vectors: dict[str, Tensor], frozen: bool
) -> nn.Embedding:
    """A row for each word; row 0 is padding."""
    width = len(next(iter(vectors.values())))
    table = torch.randn(len(vocabulary), width) * 0.1
    for i, word in enumerate(vocabulary):
        if word in vectors:
            table[i] = vectors[word]
    table[0] = 0  # last: "<pad>" may have had a vector
    return nn.Embedding.from_pretrained(
        table, freeze=frozen, padding_idx=0
    )
