"""The listener: MFCC, convolutions over time, attention, one vector, words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from dltutor.errors import UsageError
from dltutor.i18n import local
from dltutor_plugins.chapter14_speech.features import (
    BANDS,
    FRAMES,
    dct_matrix,
    present,
)

if TYPE_CHECKING:
    from dltutor_plugins.chapter14_speech.config import Config


class Attention(nn.Module):
    """Each place of a sequence (B, T, width) asks all that are there."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query_key_value = nn.Linear(width, 3 * width)
        self.output = nn.Linear(width, width)

    def forward(self, x: Tensor, there: Tensor) -> Tensor:
        """``there`` (B, T) is False in padding, which nobody may ask."""
        batch, time, _ = x.shape
        parts = self.query_key_value(x).view(batch, time, 3, self.heads, -1)
        q, k, v = parts.permute(
            2, 0, 3, 1, 4
        )  # (B, heads, T, width / heads)
        mixed = F.scaled_dot_product_attention(
            q, k, v, attn_mask=there[:, None, None, :]
        )
        out: Tensor = self.output(mixed.transpose(1, 2).reshape(x.shape))
        return out


class Block(nn.Module):
    """Attention across time, then a network at each place; both added."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = Attention(width, heads)
        self.network = nn.Sequential(
            nn.Linear(width, 2 * width),
            nn.GELU(),
            nn.Linear(2 * width, width),
        )
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, there: Tensor) -> Tensor:
        x = x + self.dropout(self.attention(self.norm1(x), there))
        out: Tensor = x + self.dropout(self.network(self.norm2(x)))
        return out


class Pooling(nn.Module):
    """A weighted mean over time: (B, T, width) to (B, width)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.score = nn.Linear(width, 1)

    def weights(self, x: Tensor, there: Tensor) -> Tensor:
        """(B, T): not negative, 0 in padding, the sum over time is 1."""
        score = self.score(x).squeeze(2)  # (B, T)
        score = score.masked_fill(~there, -torch.inf)
        weights: Tensor = score.softmax(dim=1)
        return weights

    def forward(self, x: Tensor, there: Tensor) -> Tensor:
        return (self.weights(x, there)[:, :, None] * x).sum(dim=1)


class Listener(nn.Module):
    """Centred decibels (B, T, 40) to logits (B, classes).

    The first convolution halves the time: a place is then 20 ms. Frames behind
    ``lengths`` (B,) have no influence at all.
    """

    dct: Tensor
    spread: Tensor

    def __init__(
        self,
        classes: int = 11,
        coefficients: int = 40,
        width: int = 64,
        layers: int = 2,
        heads: int = 4,
        dropout: float = 0.1,
    ) -> None:
        super().__init__()
        if width % heads:
            en = f"heads={heads} does not divide width={width}"
            zh = f"heads={heads} 不能整除 width={width}"
            fits = [n for n in range(1, 17) if width % n == 0]
            hint = ", ".join(f"heads={n}" for n in fits)
            raise UsageError(local({"en": en, "zh": zh}), hint)
        matrix = dct_matrix(coefficients)
        self.register_buffer("dct", matrix.clone(), persistent=False)
        self.register_buffer("spread", torch.ones(coefficients))
        self.stem = nn.Conv1d(coefficients, width, 5, stride=2, padding=2)
        self.second = nn.Conv1d(width, width, 5, padding=2)
        self.position = nn.Parameter(
            0.02 * torch.randn((FRAMES + 1) // 2, width)
        )
        self.blocks = nn.ModuleList(
            Block(width, heads, dropout) for _ in range(layers)
        )
        self.norm = nn.LayerNorm(width)
        self.pooling = Pooling(width)
        self.head = nn.Sequential(
            nn.Dropout(dropout), nn.Linear(width, classes)
        )

    def forward(self, x: Tensor, lengths: Tensor | None = None) -> Tensor:
        places, there = self.places(x, lengths)
        logits: Tensor = self.head(self.pooling(places, there))
        return logits

    def places(
        self, x: Tensor, lengths: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """The sequence before pooling (B, T', width), and who is there."""
        if lengths is None:
            lengths = torch.full((len(x),), x.shape[1], device=x.device)
        x = self.cepstrum(x, lengths)  # (B, T, coefficients)
        x = F.gelu(self.stem(x.transpose(1, 2)))  # (B, width, T')
        there = present(x.transpose(1, 2), (lengths + 1) // 2)
        x = F.gelu(self.second(x * there[:, None]))  # padding stays 0
        x = x.transpose(1, 2) + self.position[: x.shape[2]]
        for block in self.blocks:
            x = block(x, there)
        return self.norm(x), there

    def cepstrum(self, x: Tensor, lengths: Tensor) -> Tensor:
        """MFCC of centred decibels, each coefficient about as large as 1."""
        there = present(x, lengths)[:, :, None]
        return (x * there) @ self.dct / self.spread

    @torch.no_grad()
    def measure_spread(self, x: Tensor, lengths: Tensor) -> None:
        """Sets each coefficient's deviation over frames that are there."""
        frames = x[present(x, lengths)].float() @ self.dct.to(x.device)
        self.spread.copy_(
            frames.square().mean(dim=0).sqrt().clamp(min=1e-3)
        )


def build(config: Config, classes: int) -> Listener:
    return Listener(
        classes,
        config.coefficients,
        config.width,
        config.layers,
        config.heads,
        config.dropout,
    )


def for_table(config: Config) -> tuple[Listener, Tensor]:
    """The model and one input, for the layer table and the model file."""
    return build(config, 11), torch.zeros(1, FRAMES, BANDS)
