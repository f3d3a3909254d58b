"""The training of chapter 8: a text classifier, by words or by letters."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim.lr_scheduler import OneCycleLR

from dltutor.events import Metrics, Say, Step
from dltutor.i18n import local
from dltutor_plugins.chapter08_embeddings import (
    embedding,
    tokens,
    vectors,
    word2vec,
)
from dltutor_plugins.chapter08_embeddings.data import Part, load
from dltutor_plugins.chapter08_embeddings.learn import (
    bags_of,
    settings_of,
    train_vectors,
)
from dltutor_plugins.chapter08_embeddings.model import build
from dltutor_plugins.chapter08_embeddings.reading import (
    LetterReader,
    Reader,
    Set,
    WordReader,
    trim,
)
from dltutor_plugins.chapter08_embeddings.show import report
from dltutor_plugins.chapter08_embeddings.vectors import Vectors
from dltutor_plugins.chapter08_embeddings.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Generator

    from dltutor.events import Event, Routine
    from dltutor.training.run import Run
    from dltutor_plugins.chapter08_embeddings.config import Config


def train(config: Config, run: Run) -> Routine:
    """Trains a classifier and measures it next to the linear model."""
    if config.model == "vectors":
        return (yield from train_vectors(config, run))
    sets = load(run.data)
    yield Say(sets.note)
    run.keep(classes=list(sets.classes))
    divided = [tokens.words(text) for text in sets.train.texts]
    reader, table = yield from prepare(config, run, divided)
    parts = sets.train, sets.val, sets.test
    train_set, val_set, test_set = (read(p, reader, run) for p in parts)

    model = build(config, len(sets.classes), table)
    optimiser, schedule = optimisation(model, config, len(train_set.y))
    model, optimiser, schedule = run.setup(model, optimiser, schedule)
    row_by_row(model)

    lengths, size = train_set.lengths, config.batch_size
    shortest = reader.shortest
    for _ in run.epochs(config.epochs):
        model.train()
        for x, y in run.batches(train_set, size, lengths=lengths):
            logits = model(trim(x, shortest))  # (B, classes)
            loss = F.cross_entropy(logits, y)  # y from 0; no softmax before
            optimiser.zero_grad()
            run.backward(loss)  # loss.backward(), in the run's precision
            optimiser.step()
            schedule.step()
            yield Step(samples=len(y), loss=loss)
        measures = evaluate(model, val_set, shortest, "val")
        yield Metrics(train_loss=run.mean("loss"), **measures)

    run.load_best()  # the epoch with the best val_accuracy
    said = all_logits(model, test_set, shortest).argmax(dim=1).tolist()
    baseline = yield from report(said, divided, sets, run.lang)
    return {
        **evaluate(model, test_set, shortest, "test"),
        "baseline_linear": baseline,
    }


def read(part: Part, reader: Reader, run: Run) -> Set:
    """Texts as rows of ids (N, L) and classes (N,), on the run's device."""
    ids, y = reader(part.texts), torch.tensor(part.y)
    return Set(ids.to(run.device), y.to(run.device))


def prepare(
    config: Config, run: Run, divided: list[list[str]]
) -> Generator[Event, None, tuple[Reader, nn.Embedding | None]]:
    """How texts are read, and the embedding of a word CNN."""
    if config.model == "char":
        return LetterReader(config.letters), None
    vocabulary = Vocabulary.of(divided, config.words)
    reader = WordReader(vocabulary, config.longest)
    run.keep(words=list(vocabulary.words), dimensions=config.dimensions)
    if not config.vectors:
        return reader, embedding.random(vocabulary, config.dimensions)
    start = first_vectors(config, divided, run.seed)
    table, found = embedding.moved(vocabulary, start)
    run.keep(dimensions=table.shape[1])
    of = f"{found:,} / {len(vocabulary.words):,}"
    yield Say(
        local(
            {"en": f"{of} words have a vector", "zh": f"{of} 个词有词向量"}
        )
    )
    return reader, embedding.embedding(table, config.frozen)


def first_vectors(
    config: Config, divided: list[list[str]], seed: int
) -> Vectors:
    """Vectors from a file, or learnt now from the training texts alone."""
    if config.vectors != "own":
        return vectors.load(Path(config.vectors).expanduser())
    counts = word2vec.count(divided, least=2)
    corpus = word2vec.corpus_of(divided, counts)
    if len(corpus.ids) < 2:
        return Vectors(("?",), np.zeros((1, config.dimensions), np.float32))
    settings = settings_of(config, seed)
    rows = bags_of(config, list(counts))
    model = word2vec.fit(corpus, settings, rows)
    table = word2vec.table(model, len(corpus.counts), rows)
    return Vectors(tuple(counts), table[1:].numpy())


def row_by_row(model: nn.Module) -> None:
    """Puts the filters of the word CNN back into the usual memory order.

    A run keeps convolutions of pictures channels-last, which is fast. With
    a single channel the backward pass is ten times slower that way.
    """
    for layer in model.modules():
        if isinstance(layer, nn.Conv2d):
            weight = layer.weight.detach()
            layer.weight.data = weight.clone(
                memory_format=torch.contiguous_format
            )


def optimisation(
    model: nn.Module, config: Config, texts: int
) -> tuple[torch.optim.Optimizer, OneCycleLR]:
    """AdamW, and a learning rate that rises to ``lr`` and falls to 0."""
    trained = [p for p in model.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(
        trained, lr=config.lr, weight_decay=config.weight_decay
    )
    steps = config.epochs * math.ceil(texts / config.batch_size)
    return optimiser, OneCycleLR(optimiser, config.lr, total_steps=steps)


@torch.inference_mode()
def all_logits(model: nn.Module, data: Set, shortest: int) -> Tensor:
    """Logits (N, classes) of a set, without dropout."""
    model.eval()
    parts = torch.split(data.x, 256)
    return torch.cat([model(trim(x, shortest)).float() for x in parts])


def evaluate(
    model: nn.Module, data: Set, shortest: int, name: str
) -> dict[str, float]:
    """Mean loss and accuracy over all of a set: val_loss and so on."""
    logits = all_logits(model, data, shortest)
    right = logits.argmax(dim=1) == data.y
    return {
        f"{name}_loss": F.cross_entropy(logits, data.y).item(),
        f"{name}_accuracy": right.sum().item() / len(right),
    }
