"""TF-IDF: how much a word says about the text that it stands in."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix

Tokens = Sequence[str]


class Idf(NamedTuple):
    """The words of a collection and how rare each is."""

    column: dict[str, int]
    idf: tuple[float, ...]


def fit(texts: Sequence[Tokens], least: int = 1) -> Idf:
    """Counts in how many texts each word stands.

    The idf is ln((1 + N) / (1 + n)) + 1 for a word in n of N texts, as
    scikit-learn smooths it: as if one more text held every word. Words in
    fewer than ``least`` texts are left out. Columns go by the alphabet.
    """
    seen = Counter(word for text in texts for word in set(text))
    words = sorted(w for w, n in seen.items() if n >= least)
    idf = (math.log((1 + len(texts)) / (1 + seen[w])) + 1 for w in words)
    return Idf({w: i for i, w in enumerate(words)}, tuple(idf))


def weigh(
    text: Tokens, idf: Idf, sublinear: bool = False
) -> dict[str, float]:
    """The TF-IDF weight of each known word of a text; length 1 together.

    ``sublinear`` counts a word that stands n times as 1 + ln n.
    """
    counts = Counter(word for word in text if word in idf.column)
    weights = {
        word: (1 + math.log(n) if sublinear else n)
        * idf.idf[idf.column[word]]
        for word, n in counts.items()
    }
    length = math.sqrt(sum(w * w for w in weights.values()))
    return {word: w / length for word, w in weights.items()}


def matrix(
    texts: Sequence[Tokens], idf: Idf, sublinear: bool = False
) -> csr_matrix:
    """A row for each text, sparse: (N, V) float64."""
    rows = [weigh(text, idf, sublinear) for text in texts]
    starts = np.cumsum([0, *map(len, rows)])
    columns = [idf.column[word] for row in rows for word in row]
    values = [w for row in rows for w in row.values()]
    return csr_matrix(
        (values, columns, starts), shape=(len(rows), len(idf.idf))
    )


def keywords(
    text: Tokens, idf: Idf, count: int = 10
) -> list[tuple[str, float]]:
    """The words of a text with the greatest weights, greatest first.

    A word that no text of the collection holds is the rarest of all.
    """
    rarest = max(idf.idf, default=1.0)
    counts = Counter(text)
    scores = {
        w: n * (idf.idf[idf.column[w]] if w in idf.column else rarest)
        for w, n in counts.items()
    }
    total = sum(counts.values())
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    return [(w, s / total) for w, s in ranked[:count]]
