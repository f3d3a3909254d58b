"""The encoder: embeddings, positions, blocks, a score a character."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

import torch
from torch import Tensor, nn

from dltutor.errors import UsageError
from dltutor.i18n import local

if TYPE_CHECKING:
    from dltutor_plugins.chapter10_encoder.config import Config


def attention(
    q: Tensor, k: Tensor, v: Tensor, there: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Each query's mean of the values, weighted by how its key fits.

    q (..., T, d), k (..., S, d), v (..., S, e); ``there``, which must fit
    (..., T, S), is True where a place may be asked. Returns the mixed
    values (..., T, e) and the weights (..., T, S), whose rows sum to 1.
    """
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if there is not None:
        scores = scores.masked_fill(~there, -torch.inf)
    weights = scores.softmax(dim=-1)
    return weights @ v, weights


class MultiHeadAttention(nn.Module):
    """Several attentions side by side, each in a part of the width."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        if width % heads:
            en = f"heads={heads} does not divide width={width}"
            zh = f"heads={heads} 不能整除 width={width}"
            fits = [n for n in range(1, 17) if width % n == 0]
            hint = ", ".join(f"heads={n}" for n in fits)
            raise UsageError(local({"en": en, "zh": zh}), hint)
        self.heads = heads
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width)
        self.value = nn.Linear(width, width)
        self.output = nn.Linear(width, width)

    def forward(self, x: Tensor, there: Tensor) -> tuple[Tensor, Tensor]:
        """x (B, T, width), there (B, T); weights (B, heads, T, T) too."""
        q, k, v = (
            self.split(part(x))
            for part in (self.query, self.key, self.value)
        )
        mixed, weights = attention(q, k, v, there[:, None, None, :])
        joined = mixed.transpose(1, 2).flatten(2)  # (B, T, width)
        return self.output(joined), weights

    def split(self, x: Tensor) -> Tensor:
        """(B, T, width) to (B, heads, T, width / heads)."""
        batch, time, width = x.shape
        parts = x.view(batch, time, self.heads, width // self.heads)
        return parts.transpose(1, 2)


def sinusoids(length: int, width: int) -> Tensor:
    """(length, width): sines and cosines of slower and slower waves.

    Columns 2i and 2i + 1 hold sin and cos of place / 10000^(2i / width).
    """
    place = torch.arange(length)[:, None]  # (length, 1)
    even = torch.arange(0, width, 2)  # (ceil(width / 2),)
    angle = place / 10000 ** (even / width)
    waves = torch.stack([angle.sin(), angle.cos()], dim=2)
    return waves.flatten(1)[:, :width]


class Block(nn.Module):
    """Attention between places, then a network at each; both are added."""

    def __init__(
        self,
        width: int,
        heads: int,
        hidden: int = 2,
        dropout: float = 0.0,
        norm: Literal["pre", "post"] = "pre",
    ) -> None:
        super().__init__()
        self.pre = norm == "pre"
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = MultiHeadAttention(width, heads)
        self.network = nn.Sequential(
            nn.Linear(width, hidden * width),
            nn.GELU(),
            nn.Linear(hidden * width, width),
        )
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, there: Tensor) -> tuple[Tensor, Tensor]:
        if self.pre:
            mixed, weights = self.attention(self.norm1(x), there)
            x = x + self.dropout(mixed)
            x = x + self.dropout(self.network(self.norm2(x)))
        else:
            mixed, weights = self.attention(x, there)
            x = self.norm1(x + self.dropout(mixed))
            x = self.norm2(x + self.dropout(self.network(x)))
        return x, weights


class Encoder(nn.Module):
    """Syllables (B, T), 0 for padding, to scores (B, T, characters)."""

    waves: Tensor

    def __init__(
        self,
        syllables: int,
        characters: int,
        width: int = 312,
        heads: int = 6,
        layers: int = 3,
        hidden: int = 2,
        dropout: float = 0.1,
        norm: Literal["pre", "post"] = "pre",
        positions: bool = True,
        shared: bool = False,
    ) -> None:
        super().__init__()
        self.positions = positions
        self.embedding = nn.Embedding(syllables, width)
        nn.init.normal_(self.embedding.weight)
        self.register_buffer("waves", sinusoids(128, width), False)
        self.dropout = nn.Dropout(dropout)
        blocks = [
            Block(width, heads, hidden, dropout, norm)
            for _ in range(layers)
        ]
        # sharing is a choice to compare with: one block, many times
        self.blocks = nn.ModuleList(
            blocks[:1] * layers if shared else blocks
        )
        # the sum of a pre-norm stack was never normalised
        self.norm = nn.LayerNorm(width) if norm == "pre" else nn.Identity()
        self.scores = nn.Linear(width, characters)

    def forward(self, x: Tensor) -> Tensor:
        scores: Tensor = self.scores(self.read(x)[0])
        return scores

    def read(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        """What is known of each place (B, T, width), and all weights.

        Those are (B, heads, T, T) for each layer.
        """
        there = x != 0  # (B, T)
        h = self.embedding(x)  # (B, T, width)
        if self.positions:
            h = h + self.places(x.shape[1])
        h = self.dropout(h)
        maps = []
        for block in self.blocks:
            h, weights = block(h, there)
            maps.append(weights)
        return self.norm(h), maps

    def places(self, length: int) -> Tensor:
        """The positions of that many places, also of very many."""
        if length <= len(self.waves):
            return self.waves[:length]
        return sinusoids(length, self.waves.shape[1]).to(self.waves)


def build(config: Config, syllables: int, characters: int) -> Encoder:
    return Encoder(
        syllables,
        characters,
        config.width,
        config.heads,
        config.layers,
        config.hidden,
        config.dropout,
        config.norm,
        config.positions,
        config.shared,
    )


def for_table(config: Config) -> tuple[Encoder, Tensor]:
    """The model and one input, for the layer table and the model file."""
    return build(config, 1_700, 4_000), torch.ones(1, 16, dtype=torch.long)
