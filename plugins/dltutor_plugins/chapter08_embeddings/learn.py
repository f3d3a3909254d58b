"""The training of word vectors as a run, with files that others read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from dltutor.errors import DataError, UsageError
from dltutor.events import Metrics, Say, Show, Step
from dltutor.i18n import local
from dltutor_plugins.chapter08_embeddings import (
    data,
    evaluate,
    subwords,
    tokens,
    vectors,
    word2vec,
)
from dltutor_plugins.chapter08_embeddings.vectors import Floats, Vectors
from dltutor_plugins.chapter08_embeddings.word2vec import Settings, Word2Vec

if TYPE_CHECKING:
    from dltutor.events import Routine
    from dltutor.training.run import Run
    from dltutor_plugins.chapter08_embeddings.config import Config

PAIRS = 128
"""pairs of words in a step for each of ``batch_size``"""
FILE = "vectors.txt"
"""in the run's folder, in word2vec's format"""


def train_vectors(config: Config, run: Run) -> Routine:
    """Learns vectors from running text, writes them as ``vectors.txt``."""
    texts = sentences(run)
    counts = word2vec.count(texts, least=5 if len(texts) > 5000 else 2)
    corpus = word2vec.corpus_of(texts, counts)
    if len(corpus.ids) < 100:
        raise too_little(len(corpus.ids))
    words, rows = list(counts), bags_of(config, list(counts))
    yield Say(
        local(
            {
                "en": f"{len(corpus.ids):,} words of text,"
                f" {len(words):,} different ones",
                "zh": f"共 {len(corpus.ids):,} 个词，其中不同的有 {len(words):,} 个",
            }
        )
    )
    settings = settings_of(config, run.seed)
    table = len(corpus.counts) + (0 if rows is None else subwords.BUCKETS)
    model, optimiser = word2vec.build(settings, corpus.counts, table)
    if config.vectors not in ("", "own"):
        start = vectors.load(Path(config.vectors).expanduser())
        known = go_on(model, words, start)
        yield Say(
            local(
                {
                    "en": f"going on from {known:,} vectors of the file",
                    "zh": f"从文件里的 {known:,} 个向量继续训练",
                }
            )
        )
    model, optimiser = run.setup(model, optimiser)
    run.keep(words=words, classes=[])
    noise = word2vec.Noise(corpus.counts, run.device)
    bags = None if rows is None else rows.to(run.device)

    scores: dict[str, float] = {}
    for epoch in run.epochs(config.passes):
        given, word = word2vec.examples(corpus, settings, epoch)
        pairs = given.to(run.device), word.to(run.device)
        size = min(config.batch_size * PAIRS, max(256, len(word) // 100))
        for x, y in run.batches(pairs, size):
            done = epoch + run.at.batch / run.batches_in_epoch
            word2vec.slow_down(optimiser, settings.lr, done / config.passes)
            bag = word2vec.fill(x, bags)
            loss = model(bag, y, noise.draw(settings.noise))
            optimiser.zero_grad()
            run.backward(loss)
            optimiser.step()
            yield Step(samples=len(y), loss=loss)
        scores = evaluate.scores(of(model, words, rows))
        yield Metrics(train_loss=run.mean("loss"), **scores)
    found = of(model, words, rows)
    if run.rank == 0:
        file = run.folder / FILE
        vectors.save(found, file)
        yield Say(str(file))
    yield Show("neighbours", evaluate.neighbour_table(found))
    return evaluate.scores(found)


def sentences(run: Run) -> list[list[str]]:
    """What is learnt from: the builtin data are a newspaper and reviews."""
    texts = [tokens.words(text) for text in data.running_text(run.data)]
    return data.newspaper() + texts if run.data.kind == "builtin" else texts


def settings_of(config: Config, seed: int) -> Settings:
    return Settings(
        kind=config.kind,
        output=config.output,
        width=config.dimensions,
        window=config.window,
        epochs=config.passes,
        lr=config.vector_lr,
        seed=seed,
    )


def bags_of(config: Config, words: Sequence[str]) -> Tensor | None:
    """For FastText: the rows of each word and its pieces."""
    if config.kind != "fasttext":
        return None
    return subwords.bags(words, subwords.lengths(words))


def of(
    model: Word2Vec, words: Sequence[str], rows: Tensor | None
) -> Vectors:
    """The vectors as they are now; FastText's know unseen words too."""
    table = word2vec.table(model, 1 + len(words), rows)
    if rows is None:
        return Vectors(tuple(words), table[1:].numpy())
    known = {word: i for i, word in enumerate(words, 1)}
    sizes = subwords.lengths(words)
    weight = model.given.weight.detach().cpu()

    def unseen(word: str) -> Floats | None:
        row = subwords.bag(word, known, sizes)
        return weight[row].mean(dim=0).numpy() if row else None

    return Vectors(tuple(words), table[1:].numpy(), unseen)


@torch.no_grad()
def go_on(model: Word2Vec, words: Sequence[str], start: Vectors) -> int:
    """Puts known vectors into the inputs, and says of how many words.

    The file holds one vector a word. The other one, of a word as the one
    that is asked for, was not saved and is learnt anew.
    """
    width = model.given.weight.shape[1]
    if start.table.shape[1] != width:
        text = {
            "en": f"the file has vectors of {start.table.shape[1]} numbers,"
            f" dimensions={width}",
            "zh": f"文件里的向量是 {start.table.shape[1]} 维，"
            f"而 dimensions={width}",
        }
        hint = f"--set dimensions={start.table.shape[1]}"
        raise UsageError(local(text), hint)
    found = 0
    for row, word in enumerate(words, 1):
        if word in start.index:
            vector = start.table[start.index[word]]
            model.given.weight[row] = torch.from_numpy(vector.copy())
            found += 1
    return found


def too_little(words: int) -> DataError:
    return DataError(
        local(
            {
                "en": f"{words} words of running text are too few",
                "zh": f"只有 {words} 个词，文本太少",
            }
        ),
        local(
            {
                "en": "100 words that occur twice or more are needed",
                "zh": "至少需要 100 个出现两次以上的词",
            }
        ),
    )
