"""The miniature that comes with the chapter, and checkpoints to ask."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor

from dltutor.errors import UsageError
from dltutor.i18n import local
from dltutor_plugins.chapter11_bert.hub import (
    MINI,
    checkpoint,
    open_tokenizer,
)
from dltutor_plugins.chapter11_bert.model import (
    open_encoder,
    pool,
    random_encoder,
)
from dltutor_plugins.chapter11_bert.tokens import encode, trim


class Asked(NamedTuple):
    """A masked language model and its tokenizer."""

    model: Any
    tokenizer: Any
    name: str


def place(model: str) -> Path:
    """The folder of a checkpoint; the chapter's own for an empty name."""
    return checkpoint(model) if model else MINI


def store(pretrained: Path, to: Path = MINI) -> None:
    """Keeps a run's folder ``pretrained`` in half precision."""
    asked = masked_model(pretrained)
    asked.model.half().save_pretrained(to)
    asked.tokenizer.save_pretrained(to)


@lru_cache(maxsize=4)
def tokenizer_of(folder: Path) -> Any:
    return open_tokenizer(folder)


@lru_cache(maxsize=4)
def encoder_of(folder: Path) -> Any:
    return open_encoder(folder).eval()


@lru_cache(maxsize=1)
def random_mini() -> Any:
    """The same architecture before it has seen anything."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return random_encoder(encoder_of(MINI).config).eval()


@lru_cache(maxsize=2)
def masked_model(folder: Path) -> Asked:
    """A checkpoint with the head that predicts masked tokens."""
    from transformers import AutoModelForMaskedLM

    words = tokenizer_of(folder)
    model, info = AutoModelForMaskedLM.from_pretrained(
        folder,
        use_safetensors=True,
        local_files_only=True,
        dtype=torch.float32,
        output_loading_info=True,
    )
    headless = any(".decoder" not in key for key in info["missing_keys"])
    if words.mask_token is None or headless:
        text = {
            "en": f"{folder.name} has no head that predicts masked tokens",
            "zh": f"{folder.name} 没有预测被遮词元的输出头",
        }
        raise UsageError(local(text), "model=bert-base-chinese")
    return Asked(model.eval(), words, folder.name)


@torch.inference_mode()
def features(
    encoder: Any, words: Any, texts: list[str], max_length: int = 128
) -> Tensor:
    """A vector a text (N, width): the mean over its tokens' vectors."""
    most = min(max_length, encoder.config.max_position_embeddings)
    x = encode(words, texts, most)
    order = x.mask.sum(dim=1).argsort()
    rows = []
    for part in torch.split(order, 128):
        ids, mask = trim(x.ids[part], x.mask[part])
        out = encoder(input_ids=ids, attention_mask=mask)
        rows.append(pool(out.last_hidden_state, mask, "mean"))
    found = torch.empty(len(texts), rows[0].shape[1])
    found[order] = torch.cat(rows)
    return found
