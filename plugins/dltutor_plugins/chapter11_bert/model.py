"""A miniature BERT with its two heads, and a classifier on any encoder."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from safetensors import SafetensorError
from torch import Tensor, nn
from transformers import AutoModel, BertConfig, BertForPreTraining
from transformers.utils import logging as _logging

from dltutor.errors import DataError, UsageError
from dltutor.i18n import local

if TYPE_CHECKING:
    from dltutor_plugins.chapter11_bert.config import Config

quiet: Any = _logging  # typed in part only
quiet.disable_progress_bar()
quiet.set_verbosity_error()

COMMON = 3500
"""tokens in the builtin vocabulary, about: for the layer table"""


def mini_config(config: Config, tokens: int) -> BertConfig:
    """BERT's architecture at a hundredth of its size.

    Without dropout: in so short a pretraining nothing is learned by heart.
    """
    if config.width % config.heads:
        fits = [n for n in range(1, 17) if config.width % n == 0]
        text = {
            "en": f"heads={config.heads} does not divide"
            f" width={config.width}",
            "zh": f"heads={config.heads} 不能整除 width={config.width}",
        }
        raise UsageError(local(text), ", ".join(f"heads={n}" for n in fits))
    return BertConfig(
        vocab_size=tokens,
        hidden_size=config.width,
        num_hidden_layers=config.layers,
        num_attention_heads=config.heads,
        intermediate_size=4 * config.width,
        max_position_embeddings=config.max_length,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        initializer_range=0.8 / config.width**0.5,  # BERT's 0.02 is for 768
    )


class Pretraining(nn.Module):
    """BERT and its two heads, asked only where a token is hidden."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.net = BertForPreTraining(config)

    def forward(
        self, ids: Tensor, mask: Tensor, segments: Tensor, chosen: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Logits of the chosen tokens (M, V), and of "follows" (B, 2)."""
        out = self.net.bert(
            input_ids=ids, attention_mask=mask, token_type_ids=segments
        )
        hidden = out.last_hidden_state  # (B, T, width)
        tokens = self.net.cls.predictions(hidden[chosen])  # (M, V)
        follows = self.net.cls.seq_relationship(out.pooler_output)
        return tokens, follows


class Classifier(nn.Module):
    """An encoder and a new head: ids, mask (B, T) to (B, classes)."""

    def __init__(self, encoder: Any, classes: int, pooling: str) -> None:
        super().__init__()
        self.encoder = encoder
        self.pooling = pooling
        self.dropout = nn.Dropout(0.1)
        self.head = nn.Linear(encoder.config.hidden_size, classes)
        self.frozen = False
        for name, parameter in encoder.named_parameters():
            if name.startswith("pooler."):  # not used by this head
                parameter.requires_grad_(False)

    def freeze(self) -> None:
        """Feature extraction: the encoder stays as it is, dropout off."""
        self.frozen = True
        self.encoder.requires_grad_(False)

    def train(self, mode: bool = True) -> Classifier:
        super().train(mode)
        if self.frozen:
            self.encoder.eval()
        return self

    def forward(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        if mask is None:
            mask = torch.ones_like(ids, dtype=torch.bool)
        out = self.encoder(input_ids=ids, attention_mask=mask)
        vectors = pool(out.last_hidden_state, mask, self.pooling)
        logits: Tensor = self.head(self.dropout(vectors))
        return logits


def pool(hidden: Tensor, mask: Tensor, pooling: str) -> Tensor:
    """One vector a text (B, width) from one a token (B, T, width)."""
    if pooling == "cls":
        return hidden[:, 0]
    there = mask[:, :, None].to(hidden.dtype)  # padding counts for nothing
    return (hidden * there).sum(dim=1) / there.sum(dim=1)


def open_encoder(folder: Path) -> Any:
    """The encoder of a checkpoint, in float32, without its heads."""
    try:
        return AutoModel.from_pretrained(
            folder,
            use_safetensors=True,  # a pickle could run code
            local_files_only=True,
            trust_remote_code=False,
            dtype=torch.float32,
        )
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        why = " ".join(str(error).split())[:200]
        text = {
            "en": f"{folder} can not be loaded: {why}",
            "zh": f"{folder} 无法加载：{why}",
        }
        raise DataError(local(text)) from None


def fits(config: Config, net: Any) -> None:
    """UsageError where texts may be longer than the model has positions."""
    most = getattr(net, "max_position_embeddings", config.max_length)
    if config.max_length > most:
        text = {
            "en": f"max_length={config.max_length}: the model has {most}"
            " positions",
            "zh": f"max_length={config.max_length}：模型只有 {most} 个位置",
        }
        raise UsageError(local(text), f"--set max_length={most}")


def random_encoder(config: Any) -> Any:
    """The same architecture with random weights."""
    auto: Any = AutoModel
    return auto.from_config(config)


@contextlib.contextmanager
def drawn_with(seed: int) -> Iterator[None]:
    """Random numbers of their own: a resumed run draws no others."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield


def for_table(config: Config) -> tuple[nn.Module, Tensor]:
    """The miniature and one input: for the layer table, the model file."""
    encoder = random_encoder(mini_config(config, COMMON))
    ids = torch.full((1, config.max_length), 5)
    return Classifier(encoder, 2, config.pooling), ids
