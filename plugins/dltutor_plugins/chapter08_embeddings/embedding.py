"""Word vectors into ``nn.Embedding``: rows in the network's own order."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from dltutor_plugins.chapter08_embeddings.vectors import Vectors
from dltutor_plugins.chapter08_embeddings.vocabulary import (
    PAD,
    UNKNOWN,
    Vocabulary,
)


def moved(vocabulary: Vocabulary, vectors: Vectors) -> tuple[Tensor, int]:
    """A table (V, D) for the vocabulary, and how many words had a vector.

    Row 0 is padding, all zeros. The unknown word gets the mean of what was
    found; a word without a vector starts small and random.
    """
    width = vectors.table.shape[1]
    generator = torch.Generator().manual_seed(0)
    table = torch.randn(len(vocabulary), width, generator=generator) * 0.1
    found = []
    for word, row in vocabulary.ids.items():
        vector = vectors.of(word)
        if vector is not None:
            table[row] = torch.from_numpy(vector.copy())
            found.append(row)
    if found:
        table[UNKNOWN] = table[found].mean(dim=0)
    table[PAD] = 0
    return table, len(found)


def embedding(table: Tensor, frozen: bool) -> nn.Embedding:
    """The layer. Its padding row gets no gradient and stays zero.

    Frozen, no row is trained; fine-tuned, all others are.
    """
    rows, width = table.shape
    layer = nn.Embedding(rows, width, padding_idx=PAD, _weight=table)
    return layer.requires_grad_(not frozen)


def random(vocabulary: Vocabulary, width: int) -> nn.Embedding:
    """A layer of random vectors that know nothing yet."""
    return nn.Embedding(len(vocabulary), width, padding_idx=PAD)
