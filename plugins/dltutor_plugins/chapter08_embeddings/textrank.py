"""TextRank: words that stand near important words are important."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

Graph = Mapping[str, Mapping[str, float]]
"""how often two words stand near each other, both ways round"""


def graph(tokens: Sequence[str], window: int = 5) -> Graph:
    """An edge for each two words less than ``window`` places apart.

    Its weight is how often that happens. A word has no edge to itself.
    """
    edges: dict[str, dict[str, float]] = {w: {} for w in tokens}
    weights: defaultdict[tuple[str, str], float] = defaultdict(float)
    for i, word in enumerate(tokens):
        for other in tokens[i + 1 : i + window]:
            if other != word:
                weights[word, other] += 1
                weights[other, word] += 1
    for (word, other), weight in weights.items():
        edges[word][other] = weight
    return edges


def page_rank(
    edges: Graph, damping: float = 0.85, tolerance: float = 1e-10
) -> dict[str, float]:
    """The share of time a random walk spends at each word; the sum is 1.

    At each step it follows an edge, chosen by weight, with probability
    ``damping``, and jumps to any word otherwise, as it does from a word
    without edges. Brin and Page (1998).
    """
    words = list(edges)
    if not words:
        return {}
    place = {word: i for i, word in enumerate(words)}
    found = [
        (place[word], place[other], weight)
        for word, others in edges.items()
        for other, weight in others.items()
    ]
    start, end, weight = np.array(found).reshape(-1, 3).T
    start, end = start.astype(int), end.astype(int)
    out = np.bincount(start, weight, len(words))  # all edges of a word
    rank = np.full(len(words), 1 / len(words))
    for _ in range(200):
        flow = rank[start] * weight / out[start]
        jump = 1 - damping + damping * rank[out == 0].sum()
        new = damping * np.bincount(end, flow, len(words))
        new += jump / len(words)
        done = np.abs(new - rank).sum() < tolerance
        rank = new
        if done:
            break
    return dict(zip(words, rank.tolist(), strict=True))


def keywords(
    tokens: Sequence[str], count: int = 10, window: int = 5
) -> list[tuple[str, float]]:
    """The words of the highest rank, highest first."""
    ranks = page_rank(graph(tokens, window))
    ranked = sorted(ranks.items(), key=lambda item: (-item[1], item[0]))
    return ranked[:count]
