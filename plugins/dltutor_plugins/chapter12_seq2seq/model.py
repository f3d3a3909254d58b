"""The Transformer: an encoder, a decoder, and the attention between them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from dltutor.errors import UsageError
from dltutor.i18n import local
from dltutor_plugins.chapter12_seq2seq.vocabulary import EOS, PAD

if TYPE_CHECKING:
    from dltutor_plugins.chapter12_seq2seq.config import Config

SLOWEST = {"ready": 100.0, "plain": 10_000.0}
"""how many times longer than the shortest the longest wave is"""


class KeyValue(NamedTuple):
    """What can be asked: keys and values, each (B, heads, S, d)."""

    key: Tensor
    value: Tensor


class Attention(nn.Module):
    """Places ask places: of the same sequence or of another one."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        # a projection each: with one for all, to ask would be to answer
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width)
        self.value = nn.Linear(width, width)
        self.output = nn.Linear(width, width)

    def split(self, x: Tensor) -> Tensor:
        """(B, T, width) to (B, heads, T, d)"""
        batch, places, _ = x.shape
        return x.view(batch, places, self.heads, -1).transpose(1, 2)

    def read(self, x: Tensor) -> KeyValue:
        """Keys and values of the places x (B, S, width) that are asked."""
        return KeyValue(self.split(self.key(x)), self.split(self.value(x)))

    def forward(
        self, x: Tensor, asked: KeyValue, allowed: Tensor
    ) -> Tensor:
        """x (B, T, width) asks; ``allowed`` is (B or 1, 1, T or 1, S)."""
        q = self.split(self.query(x))  # (B, heads, T, d)
        mixed = F.scaled_dot_product_attention(
            q, asked.key, asked.value, attn_mask=allowed
        )
        out: Tensor = self.output(mixed.transpose(1, 2).flatten(2))
        return out

    def weights(
        self, x: Tensor, asked: KeyValue, allowed: Tensor
    ) -> Tensor:
        """The shares (B, heads, T, S) by which forward mixes values."""
        q = self.split(self.query(x))
        score = q @ asked.key.transpose(2, 3) / math.sqrt(q.shape[3])
        return score.masked_fill(~allowed, -torch.inf).softmax(dim=3)


def feed_forward(width: int) -> nn.Sequential:
    """The same small network at every place."""
    return nn.Sequential(
        nn.Linear(width, 4 * width), nn.ReLU(), nn.Linear(4 * width, width)
    )


class EncoderLayer(nn.Module):
    """Places of the source ask each other, in both directions."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = Attention(width, heads)
        self.network = feed_forward(width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, there: Tensor) -> Tensor:
        y = self.norm1(x)
        y = self.attention(y, self.attention.read(y), there)
        x = x + self.dropout(y)
        out: Tensor = x + self.dropout(self.network(self.norm2(x)))
        return out


class DecoderLayer(nn.Module):
    """Places of the output ask earlier ones, then the source."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.norm2 = nn.LayerNorm(width)
        self.norm3 = nn.LayerNorm(width)
        self.attention = Attention(width, heads)
        self.cross = Attention(width, heads)
        self.network = feed_forward(width)
        self.dropout = nn.Dropout(dropout)

    def forward(
        self,
        x: Tensor,
        past: KeyValue | None,
        causal: Tensor,
        source: KeyValue,
        there: Tensor,
    ) -> tuple[Tensor, KeyValue]:
        """New places x (B, T, width); also the past with them added."""
        y = self.norm1(x)
        now = joined(past, self.attention.read(y))
        x = x + self.dropout(self.attention(y, now, causal))
        y = self.norm2(x)
        x = x + self.dropout(self.cross(y, source, there))
        x = x + self.dropout(self.network(self.norm3(x)))
        return x, now


def joined(past: KeyValue | None, new: KeyValue) -> KeyValue:
    """The cache grows by the new places: (B, heads, S + T, d)."""
    if past is None:
        return new
    return KeyValue(
        torch.cat([past.key, new.key], dim=2),
        torch.cat([past.value, new.value], dim=2),
    )


def causal_mask(new: int, total: int, device: torch.device) -> Tensor:
    """(1, 1, new, total): the last ``new`` see themselves and the past."""
    mask = torch.ones(new, total, dtype=torch.bool, device=device)
    return mask.tril(diagonal=total - new)[None, None]


def positions(places: Tensor, width: int, longest: float) -> Tensor:
    """Places (T,) as waves (T, width), the same for source and output."""
    half = torch.arange(0, width, 2, device=places.device) / width
    angle = places[:, None] * longest**-half  # (T, width / 2)
    return torch.cat([angle.sin(), angle.cos()], dim=1)


class Memory(NamedTuple):
    """What the decoder needs to know of a source and of its own past."""

    source: tuple[KeyValue, ...]
    """of every layer: keys and values of the encoder's output"""
    there: Tensor
    """(B, 1, 1, S): False where the source is padding"""
    past: tuple[KeyValue | None, ...]
    """of every layer: keys and values of the tokens so far"""
    length: int
    """tokens so far"""


class Transformer(nn.Module):
    """Sources (B, S) and outputs (B, T) of token numbers to logits (B, T, n).

    ``alignment`` is how the cross attention starts. ``"plain"`` is the
    original recipe. ``"ready"`` makes equal places alike from the first
    step on: waves no longer than sentences are, and in every cross
    attention a key projection that begins as a copy of the query's.
    """

    def __init__(
        self,
        characters: int,
        syllables: int,
        width: int = 256,
        heads: int = 8,
        layers: int = 2,
        dropout: float = 0.1,
        alignment: str = "ready",
    ) -> None:
        super().__init__()
        check(width, heads)
        self.width, self.longest_wave = width, SLOWEST[alignment]
        self.characters = nn.Embedding(characters, width, padding_idx=PAD)
        self.syllables = nn.Embedding(syllables, width, padding_idx=PAD)
        self.dropout = nn.Dropout(dropout)
        # every layer is made anew: none shares its weights with another
        self.encoder = nn.ModuleList(
            EncoderLayer(width, heads, dropout) for _ in range(layers)
        )
        self.decoder = nn.ModuleList(
            DecoderLayer(width, heads, dropout) for _ in range(layers)
        )
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.head = nn.Linear(width, syllables)
        self.apply(start)
        if alignment == "ready":
            for layer in self.decoder_layers:
                alike(layer.cross)

    @property
    def decoder_layers(self) -> list[DecoderLayer]:
        return cast("list[DecoderLayer]", list(self.decoder))

    def embed(
        self, table: nn.Embedding, tokens: Tensor, first: int = 0
    ) -> Tensor:
        """Tokens (B, T), the first at place ``first``, to (B, T, width)."""
        last = first + tokens.shape[1]
        places = torch.arange(first, last, device=tokens.device)
        waves = positions(places, self.width, self.longest_wave)
        out: Tensor = self.dropout(table(tokens) + waves)
        return out

    def encode(self, source: Tensor) -> Memory:
        """Reads sources (B, S) once, for every step of the decoder."""
        there = (source != PAD)[:, None, None]  # (B, 1, 1, S)
        x = self.embed(self.characters, source)
        for layer in self.encoder:
            x = layer(x, there)
        x = self.norm1(x)
        asked = tuple(layer.cross.read(x) for layer in self.decoder_layers)
        return Memory(asked, there, (None,) * len(asked), 0)

    def decode(
        self, tokens: Tensor, memory: Memory
    ) -> tuple[Tensor, Memory]:
        """Logits (B, T, n) behind each new token, and the longer memory."""
        x = self.embed(self.syllables, tokens, memory.length)
        total = memory.length + tokens.shape[1]
        causal = causal_mask(tokens.shape[1], total, x.device)
        past = []
        for layer, before, source in zip(
            self.decoder_layers, memory.past, memory.source, strict=True
        ):
            x, now = layer(x, before, causal, source, memory.there)
            past.append(now)
        logits: Tensor = self.head(self.norm2(x))
        return logits, memory._replace(past=tuple(past), length=total)

    def forward(self, source: Tensor, output: Tensor) -> Tensor:
        """All places of a known output at once: teacher forcing."""
        logits, _ = self.decode(output, self.encode(source))
        return logits


def start(module: nn.Module) -> None:
    """Weights of linear layers by Glorot's rule, biases 0."""
    if isinstance(module, nn.Linear):
        nn.init.xavier_uniform_(module.weight)
        nn.init.zeros_(module.bias)


@torch.no_grad()
def alike(cross: Attention) -> None:
    """The key's projection begins as the query's.

    A query and a key of the same place then have a large product, those
    of distant places a small one. From there both are trained freely.
    """
    cross.key.weight.copy_(cross.query.weight)


def check(width: int, heads: int) -> None:
    if width % heads or width % 2:
        en = f"width={width} must be even and divisible by heads={heads}"
        zh = f"width={width} 必须是偶数，并能被 heads={heads} 整除"
        fits = [n for n in range(1, 17) if width % n == 0]
        hint = ", ".join(f"heads={n}" for n in fits)
        raise UsageError(local({"en": en, "zh": zh}), hint)


class Paired(Transformer):
    """The same for one input (B, 2, T): source and output together."""

    def forward(self, pair: Tensor, _: Tensor | None = None) -> Tensor:
        return super().forward(pair[:, 0], pair[:, 1])


def build(
    config: Config, kind: type[Transformer] = Transformer
) -> Transformer:
    return kind(
        config.characters,
        config.syllables,
        config.width,
        config.heads,
        config.layers,
        config.dropout,
        config.alignment,
    )


def for_table(config: Config) -> tuple[Transformer, Tensor]:
    """The model and one input, for the layer table and the model file."""
    return build(config, Paired), torch.full((1, 2, 16), EOS)
