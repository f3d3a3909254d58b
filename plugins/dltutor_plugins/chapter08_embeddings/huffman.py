"""Hierarchical softmax: a word as a few yes-or-no decisions in a tree."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from itertools import count
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def codes(counts: Sequence[int]) -> list[tuple[list[int], list[int]]]:
    """Huffman's tree: for each word its decisions and where they are made.

    Decisions are 0 or 1 from the root down; places are numbers of inner
    nodes, of which there are one fewer than words. Frequent words sit near
    the root. Raises ValueError for fewer than two words.
    """
    if len(counts) < 2:
        raise ValueError("a tree takes two words or more")
    order = count()  # ties: the older node first
    heap: list[tuple[int, int, Any]] = [
        (n, next(order), word) for word, n in enumerate(counts)
    ]
    heapq.heapify(heap)
    inner = 0
    while len(heap) > 1:
        small, _, left = heapq.heappop(heap)
        large, _, right = heapq.heappop(heap)
        node = (inner, left, right)
        heapq.heappush(heap, (small + large, next(order), node))
        inner += 1
    found: list[tuple[list[int], list[int]]] = [([], []) for _ in counts]
    waiting: list[tuple[Any, list[int], list[int]]] = [(heap[0][2], [], [])]
    while waiting:
        node, decisions, places = waiting.pop()
        if isinstance(node, int):
            found[node] = decisions, places
            continue
        place, left, right = node
        waiting.append((left, [*decisions, 0], [*places, place]))
        waiting.append((right, [*decisions, 1], [*places, place]))
    return found


class Tree(nn.Module):
    """The codes of all words as padded tensors (V, longest)."""

    signs: Tensor
    places: Tensor

    def __init__(self, counts: Sequence[int]) -> None:
        super().__init__()
        paths = codes(counts)
        longest = max(len(decisions) for decisions, _ in paths)
        signs = torch.zeros(len(paths), longest)  # 0: no decision here
        places = torch.zeros(len(paths), longest, dtype=torch.long)
        for word, (decisions, where) in enumerate(paths):
            n = len(decisions)
            signs[word, :n] = 1 - 2 * torch.tensor(decisions)
            places[word, :n] = torch.tensor(where)
        self.register_buffer("signs", signs, persistent=False)
        self.register_buffer("places", places, persistent=False)

    def loss(self, h: Tensor, word: Tensor, nodes: nn.Embedding) -> Tensor:
        """h (B, width), word (B,): the mean of -log p(word)."""
        signs = self.signs[word]  # (B, longest): 1 for 0, -1 for 1
        at = nodes(self.places[word])  # (B, longest, width)
        scores = signs * (at @ h[:, :, None]).squeeze(2)
        there = signs != 0  # a shorter path has nothing at its end
        return -(F.logsigmoid(scores) * there).sum(dim=1).mean()
