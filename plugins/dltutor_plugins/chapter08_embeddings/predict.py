"""What a trained network says of texts typed, in files, or piped in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from dltutor.data import texts
from dltutor.errors import UsageError
from dltutor.events import Prediction
from dltutor.i18n import local
from dltutor_plugins.chapter08_embeddings import (
    embedding,
    learn,
    subwords,
    word2vec,
)
from dltutor_plugins.chapter08_embeddings.model import build
from dltutor_plugins.chapter08_embeddings.reading import (
    LetterReader,
    Reader,
    WordReader,
    trim,
)
from dltutor_plugins.chapter08_embeddings.tokens import clean
from dltutor_plugins.chapter08_embeddings.vectors import Vectors
from dltutor_plugins.chapter08_embeddings.vocabulary import Vocabulary

if TYPE_CHECKING:
    from dltutor.events import Trained


def predict(
    trained: Trained, inputs: Sequence[str | Path]
) -> Iterator[Prediction]:
    """The classes of texts; of a run of word vectors, the nearest words.

    An input that is a file stands for its lines. Raises DataError for a
    folder.
    """
    given = list(texts.asked(inputs))
    if trained.config.model == "vectors":
        vectors = load_vectors(trained)  # type: ignore[arg-type] # hashable
        for word in given:
            word = clean(word)
            if vectors.of(word) is None:
                nothing = {"en": "no vector", "zh": "没有向量"}
                yield Prediction(word, local(nothing))
                continue
            near = vectors.neighbours(word, 5)
            label = " ".join(w for w, _ in near)
            yield Prediction(word, label, tuple(near))
        return
    model, reader, classes = load_model(trained)  # type: ignore[arg-type]
    for start in range(0, len(given), 64):
        part = given[start : start + 64]
        for text, p in zip(part, ask(model, reader, part), strict=True):
            ranked = sorted(
                zip(classes, p.tolist(), strict=True), key=lambda x: -x[1]
            )
            best = tuple((name, float(q)) for name, q in ranked)
            yield Prediction(shorter(text), best[0][0], best)


def shorter(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"


@torch.inference_mode()
def ask(model: nn.Module, reader: Reader, given: Sequence[str]) -> Tensor:
    """Probabilities (N, classes). A text alone or with others: the same."""
    device = next(model.parameters()).device
    ids = trim(reader(given), reader.shortest).to(device)
    return torch.softmax(model(ids).float(), dim=1).cpu()


@lru_cache(maxsize=2)
def load_model(
    trained: Trained,
) -> tuple[nn.Module, Reader, list[str]]:
    """The run's network, how it reads, and its classes."""
    kept, config = trained.extra(), trained.config
    classes = list(kept["classes"])
    if not classes:
        raise UsageError(
            local({"en": "the run has no classes", "zh": "该运行没有类别"})
        )
    if config.model == "char":
        model = build(config, len(classes))
        return trained.load(model), LetterReader(config.letters), classes
    vocabulary = Vocabulary(kept["words"])
    table = embedding.random(vocabulary, int(kept["dimensions"]))
    model = build(config, len(classes), table)
    trained.load(model)
    return model, WordReader(vocabulary, config.longest), classes


@lru_cache(maxsize=2)
def load_vectors(trained: Trained) -> Vectors:
    """The vectors of a run that learnt some."""
    config, words = trained.config, list(trained.extra()["words"])
    rows = learn.bags_of(config, words)
    table = 1 + len(words)
    if rows is not None:
        table += subwords.BUCKETS
    settings = learn.settings_of(config, 0)
    counts = np.ones(1 + len(words), np.int64)
    model, _ = word2vec.build(settings, counts, table)
    trained.load(model)
    return learn.of(model, words, rows)
