"""Two networks that read a text: one by words, one by letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from dltutor_plugins.chapter08_embeddings.tokens import ALPHABET
from dltutor_plugins.chapter08_embeddings.vocabulary import PAD

if TYPE_CHECKING:
    from dltutor_plugins.chapter08_embeddings.config import Config

WIDTHS = (3, 4, 5)
"""words that a filter of the word CNN sees at once, as Kim's"""


class WordCNN(nn.Module):
    """Filters over 3, 4 and 5 words, the strongest answer of each.

    Y. Kim, "Convolutional neural networks for sentence classification"
    (2014).
    """

    def __init__(
        self,
        embedding: nn.Embedding,
        classes: int,
        filters: int = 100,
        dropout: float = 0.5,
    ) -> None:
        super().__init__()
        self.embedding = embedding
        size = embedding.embedding_dim
        self.convs = nn.ModuleList(
            nn.Conv2d(1, filters, (width, size)) for width in WIDTHS
        )
        self.dropout = nn.Dropout(dropout)
        self.out = nn.Linear(filters * len(WIDTHS), classes)

    def forward(self, ids: Tensor) -> Tensor:
        """(B, L) of word ids to logits (B, classes)."""
        lengths = (ids != PAD).sum(dim=1)  # (B,)
        short = max(WIDTHS) - ids.shape[1]
        ids = F.pad(ids, (0, max(0, short)), value=PAD)
        x = self.embedding(ids)[:, None]  # (B, 1, L, size): a grey picture
        x = self.dropout(x)
        found = [
            strongest(F.relu(conv(x)).squeeze(3), lengths, width)
            for conv, width in zip(self.convs, WIDTHS, strict=True)
        ]  # each (B, filters)
        logits: Tensor = self.out(self.dropout(torch.cat(found, dim=1)))
        return logits


def strongest(x: Tensor, lengths: Tensor, width: int) -> Tensor:
    """(B, filters, places) to (B, filters): the max over places.

    A place counts when its filter lies on words alone; of a text shorter
    than the filter, the first place counts. So the result does not depend
    on how much padding the batch needed.
    """
    last = (lengths - width).clamp(min=0)  # (B,)
    place = torch.arange(x.shape[2], device=x.device)
    there = place <= last[:, None]  # (B, places)
    return x.masked_fill(~there[:, None], 0).amax(dim=2)  # after a ReLU


class CharCNN(nn.Module):
    """Convolutions over one-hot letters: no words, no vocabulary.

    After X. Zhang, J. Zhao and Y. LeCun, "Character-level convolutional
    networks for text classification" (2015), with fewer layers.
    """

    def __init__(
        self, classes: int, filters: int = 128, dropout: float = 0.5
    ) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv1d(len(ALPHABET), filters, 7, padding=3),
            nn.ReLU(),
            nn.MaxPool1d(3),
            nn.Conv1d(filters, filters, 7, padding=3),
            nn.ReLU(),
            nn.MaxPool1d(3),
            nn.Conv1d(filters, filters, 3, padding=1),
            nn.ReLU(),
        )
        self.dropout = nn.Dropout(dropout)
        self.out = nn.Linear(filters, classes)

    def forward(self, ids: Tensor) -> Tensor:
        """(B, L) of letter ids, L at least 9, to logits (B, classes)."""
        x = one_hot(ids)  # (B, 62, L): a channel for each letter
        x = self.body(x)  # (B, filters, L / 9)
        x = x.amax(dim=2)  # (B, filters): was it there, wherever it was
        logits: Tensor = self.out(self.dropout(x))
        return logits


def one_hot(ids: Tensor) -> Tensor:
    """(B, L) of ids to (B, letters, L) of 0 and 1.

    Id 0, padding and every letter outside the alphabet, has no 1 at all.
    """
    x = F.one_hot(ids.long(), len(ALPHABET) + 1)  # (B, L, 1 + letters)
    return x[:, :, 1:].transpose(1, 2).float()


def letter_ids(text: str, longest: int) -> list[int]:
    """1 for the first letter of the alphabet; 0 for what is not in it."""
    return [1 + ALPHABET.find(c) for c in text[:longest]]


def build(
    config: Config, classes: int, embedding: nn.Embedding | None = None
) -> nn.Module:
    """The network that the configuration names; words need an embedding."""
    if config.model == "char":
        return CharCNN(classes, config.width, config.dropout)
    if embedding is None:
        raise ValueError("a word CNN takes an embedding")
    return WordCNN(embedding, classes, config.width, config.dropout)


def for_table(config: Config) -> tuple[nn.Module, Tensor]:
    """The model and one input, for the layer table and the model file."""
    if config.model == "char":
        return build(config, 4), torch.ones(
            1, config.letters, dtype=torch.long
        )
    if config.model == "vectors":
        width = config.dimensions
        table = nn.Embedding(config.words, width, padding_idx=PAD)
        return table, torch.ones(1, 8, dtype=torch.long)
    embedding = nn.Embedding(
        config.words, config.dimensions, padding_idx=PAD
    )
    return build(config, 4, embedding), torch.ones(1, 40, dtype=torch.long)
