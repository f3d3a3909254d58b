"""The reader: characters, a GRU, a GRU both ways, pooling over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from dltutor_plugins.chapter09_gru.data import PAD

if TYPE_CHECKING:
    from dltutor_plugins.chapter09_gru.config import Config

CELLS = {"gru": nn.GRU, "lstm": nn.LSTM, "tanh": nn.RNN}


class Reader(nn.Module):
    """Indices (B, T), padded with 0, to logits (B, classes).

    How much padding there is never changes a row's logits.
    """

    def __init__(
        self,
        characters: int,
        classes: int = 2,
        embedding: int = 312,
        hidden: int = 256,
        both: int = 128,
        dropout: float = 0.5,
        cell: str = "gru",
        pool: str = "max+mean",
    ) -> None:
        super().__init__()
        layer = CELLS[cell]
        self.embed = nn.Embedding(characters, embedding, padding_idx=PAD)
        self.first = layer(embedding, hidden, batch_first=True)
        self.forwards = layer(hidden, both, batch_first=True)
        self.backwards = layer(hidden, both, batch_first=True)
        self.drop = nn.Dropout(dropout)
        self.pool = pool
        width = 4 * both if pool == "max+mean" else 2 * both
        self.verdict = nn.Linear(width, classes)

    def forward(self, x: Tensor) -> Tensor:
        """Indices (B, T) to logits (B, classes)."""
        lengths = count(x)  # (B,)
        e = self.drop(self.embed(x))  # (B, T, 312)
        h, _ = self.first(e)  # (B, T, 256)
        h = self.both_ways(self.drop(h), lengths)  # (B, T, 2 * 128)
        h = pooled(h, lengths, self.pool)  # (B, 4 * 128)
        logits: Tensor = self.verdict(self.drop(h))
        return logits

    def both_ways(self, h: Tensor, lengths: Tensor) -> Tensor:
        """What is known at each place from the left and from the right."""
        left, _ = self.forwards(h)  # (B, T, 128)
        right, _ = self.backwards(reverse(h, lengths))
        return torch.cat([left, reverse(right, lengths)], dim=2)


def count(x: Tensor) -> Tensor:
    """How many characters each row of (B, T) has: (B,), 1 or more."""
    return (x != PAD).sum(dim=1).clamp(min=1)


def reverse(h: Tensor, lengths: Tensor) -> Tensor:
    """Each row (T, D) of (B, T, D) backwards within its length.

    The padding stays at the end, so a GRU meets it last.
    """
    t = torch.arange(h.shape[1], device=h.device)  # (T,)
    last = lengths[:, None] - 1  # (B, 1)
    place = torch.where(t <= last, last - t, t)  # (B, T)
    return h.gather(1, place[:, :, None].expand_as(h))


def padding(lengths: Tensor, steps: int) -> Tensor:
    """(B,) to (B, T) of bool: True where there is no character."""
    t = torch.arange(steps, device=lengths.device)
    return t >= lengths[:, None]


def pooled(h: Tensor, lengths: Tensor, how: str = "max+mean") -> Tensor:
    """(B, T, D) to one row a review, over the characters alone."""
    empty = padding(lengths, h.shape[1])[:, :, None]  # (B, T, 1)
    if how == "last":
        return ends(h, lengths)
    highest = h.masked_fill(empty, float("-inf")).amax(dim=1)  # (B, D)
    mean = h.masked_fill(empty, 0).sum(dim=1) / lengths[:, None]
    if how == "max":
        return highest
    return mean if how == "mean" else torch.cat([highest, mean], dim=1)


def ends(h: Tensor, lengths: Tensor) -> Tensor:
    """The last state from the left, and the last one from the right."""
    half = h.shape[2] // 2
    rows = torch.arange(len(h), device=h.device)
    return torch.cat([h[rows, lengths - 1, :half], h[:, 0, half:]], dim=1)


def build(config: Config, classes: int) -> Reader:
    """The reader that a configuration describes."""
    return Reader(
        config.characters + 2,  # padding and the unknown one
        classes,
        config.embedding,
        config.hidden,
        config.both,
        config.dropout,
        config.cell,
        config.pool,
    )


def for_table(config: Config) -> tuple[Reader, Tensor]:
    """The model and one input, for the layer table and the model file.

    Twenty characters: a file holds every step by itself.
    """
    return build(config, 2), torch.ones(1, 20, dtype=torch.int64)
