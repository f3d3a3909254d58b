"""Word2Vec: vectors of words from the words that stand next to them.

Skip-gram, CBOW and FastText are one network here. They differ only in what
is put into the bag whose mean is the input: the centre word, the words round
it, or the centre word with its pieces.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from dltutor_plugins.chapter08_embeddings.huffman import Tree
from dltutor_plugins.chapter08_embeddings.subwords import BUCKETS
from dltutor_plugins.chapter08_embeddings.vocabulary import PAD

Ids = NDArray[np.int64]


class Word2Vec(nn.Module):
    """Two vectors for each word: as what is given, and as what is asked.

    ``inputs`` rows (words, and pieces of words after them) are what one
    keeps; row 0 is padding. With ``tree`` the output is a hierarchical
    softmax, without one it is negative sampling.
    """

    def __init__(
        self, inputs: int, words: int, width: int, tree: Tree | None = None
    ) -> None:
        super().__init__()
        self.given = nn.EmbeddingBag(
            inputs, width, mode="mean", padding_idx=PAD
        )
        self.asked = nn.Embedding(words, width)
        nn.init.uniform_(self.given.weight, -0.5 / width, 0.5 / width)
        nn.init.zeros_(self.asked.weight)
        with torch.no_grad():
            self.given.weight[PAD] = 0
        self.tree = tree

    def forward(self, bag: Tensor, word: Tensor, noise: Tensor) -> Tensor:
        """bag (B, n), word (B,), noise (K,) of ids: the mean loss."""
        h = self.given(bag)  # (B, width), the mean of each bag
        if self.tree is None:
            return negative_sampling(h, word, noise, self.asked)
        return self.tree.loss(h, word, self.asked)


NEGATIVES = 5
"""noise words that one true word is weighed against"""


def negative_sampling(
    h: Tensor, word: Tensor, noise: Tensor, asked: nn.Embedding
) -> Tensor:
    """Says yes to the word that stood there and no to noise words.

    The K noise words are drawn once for the whole batch, which makes their
    scores one product of matrices; each counts 5 / K.
    """
    true = (h * asked(word)).sum(dim=1)  # (B,)
    false = h @ asked(noise).T  # (B, K)
    yes = F.logsigmoid(true)
    no = F.logsigmoid(-false).sum(dim=1) * (NEGATIVES / len(noise))
    return -(yes + no).mean()


class Corpus(NamedTuple):
    """Running text as ids, and where a sentence ends."""

    ids: Ids
    """(T,) words that are in the vocabulary"""
    sentence: Ids
    """(T,) the number of the sentence that each stands in"""
    counts: Ids
    """(V,) how often each word of the vocabulary occurs"""


def subsample(
    corpus: Corpus, rate: float, generator: np.random.Generator
) -> Corpus:
    """Leaves out very frequent words at random, each time others.

    A word with the share f of the text stays with probability
    sqrt(rate / f) + rate / f, as word2vec.c does it.
    """
    share = np.maximum(corpus.counts, 1) / max(1, corpus.counts.sum())
    keep = np.sqrt(rate / share) + rate / share
    stays = generator.random(len(corpus.ids)) < keep[corpus.ids]
    return Corpus(corpus.ids[stays], corpus.sentence[stays], corpus.counts)


def pairs(
    corpus: Corpus, window: int, generator: np.random.Generator
) -> tuple[Ids, Ids]:
    """All pairs (centre, neighbour) of an epoch, as two arrays (P,).

    Every centre draws its own reach from 1 to ``window``, so near words
    come more often. No pair crosses the end of a sentence.
    """
    ids, sentence = corpus.ids, corpus.sentence
    reach = generator.integers(1, window + 1, len(ids))
    centres, neighbours = [], []
    for k in range(1, window + 1):
        together = sentence[k:] == sentence[:-k]
        right = together & (reach[:-k] >= k)  # looks k words ahead
        left = together & (reach[k:] >= k)  # looks k words back
        centres += [ids[:-k][right], ids[k:][left]]
        neighbours += [ids[k:][right], ids[:-k][left]]
    return np.concatenate(centres), np.concatenate(neighbours)


def windows(
    corpus: Corpus, window: int, generator: np.random.Generator
) -> tuple[Ids, Ids]:
    """For CBOW: centres (T,) and the words round each (T, 2 * window).

    Places beyond a centre's reach or its sentence hold PAD.
    """
    ids, sentence = corpus.ids, corpus.sentence
    reach = generator.integers(1, window + 1, len(ids))
    around = np.full((len(ids), 2 * window), PAD, np.int64)
    for k in range(1, window + 1):
        together = sentence[k:] == sentence[:-k]
        right = together & (reach[:-k] >= k)
        left = together & (reach[k:] >= k)
        around[:-k][right, k - 1] = ids[k:][right]
        around[k:][left, window + k - 1] = ids[:-k][left]
    some = (around != PAD).any(axis=1)
    return ids[some], around[some]


class Noise:
    """Draws noise words in proportion to count to the power of 3/4."""

    def __init__(
        self, counts: Ids, device: torch.device | str = "cpu"
    ) -> None:
        weight = torch.from_numpy(counts).to(device, torch.float32) ** 0.75
        weight[PAD] = 0
        self.cumulative = torch.cumsum(weight / weight.sum(), dim=0)

    def draw(self, count: int) -> Tensor:
        """(count,) ids."""
        at = torch.rand(count, device=self.cumulative.device)
        found = torch.searchsorted(self.cumulative, at, right=True)
        return found.clamp(max=len(self.cumulative) - 1)


class Settings(NamedTuple):
    """How vectors are trained."""

    kind: str = "skip-gram"
    """skip-gram, cbow or fasttext"""
    output: str = "negative"
    """negative (sampling) or tree (hierarchical softmax)"""
    width: int = 64
    window: int = 4
    epochs: int = 4
    lr: float = 0.02
    batch_size: int = 8192
    rate: float = 1e-4
    """of subsampling"""
    noise: int = 64
    """noise words drawn for a batch"""
    seed: int = 0


def examples(
    corpus: Corpus, settings: Settings, epoch: int
) -> tuple[Tensor, Tensor]:
    """An epoch's given words (N, n) and the words asked for (N,)."""
    generator = np.random.default_rng([settings.seed, epoch])
    thin = subsample(corpus, settings.rate, generator)
    if settings.kind == "cbow":
        word, given = windows(thin, settings.window, generator)
    else:
        centre, word = pairs(thin, settings.window, generator)
        given = centre[:, None]
    return torch.from_numpy(given), torch.from_numpy(word)


def fill(given: Tensor, bags: Tensor | None) -> Tensor:
    """The input rows of given words (B, n): themselves, or their pieces.

    ``bags`` (V, m) lists the rows of each word, for FastText.
    """
    return given if bags is None else bags[given].flatten(1)


def slow_down(
    optimiser: torch.optim.Optimizer, lr: float, done: float
) -> None:
    """A learning rate that falls in a line to a hundredth."""
    for group in optimiser.param_groups:
        group["lr"] = lr * max(0.01, 1 - done)


def build(
    settings: Settings, counts: Ids, rows: int
) -> tuple[Word2Vec, torch.optim.Optimizer]:
    """The network of V = len(counts) words and ``rows`` inputs, and Adam."""
    torch.manual_seed(settings.seed)
    tree = Tree(counts.tolist()) if settings.output == "tree" else None
    model = Word2Vec(rows, len(counts), settings.width, tree)
    return model, torch.optim.Adam(model.parameters(), lr=settings.lr)


def fit(
    corpus: Corpus, settings: Settings, bags: Tensor | None = None
) -> Word2Vec:
    """Trains from nothing, in one go: for small collections of text."""
    rows = len(corpus.counts) + (0 if bags is None else BUCKETS)
    model, optimiser = build(settings, corpus.counts, rows)
    noise = Noise(corpus.counts)
    for epoch in range(settings.epochs):
        given, word = examples(corpus, settings, epoch)
        # a small text gets small batches, so that it takes steps enough
        size = min(settings.batch_size, max(256, len(word) // 100))
        order = torch.split(torch.randperm(len(word)), size)
        for step, chosen in enumerate(order):
            done = (epoch + step / len(order)) / settings.epochs
            slow_down(optimiser, settings.lr, done)
            bag = fill(given[chosen], bags)
            loss = model(bag, word[chosen], noise.draw(settings.noise))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model


@torch.no_grad()
def table(model: Word2Vec, words: int, bags: Tensor | None) -> Tensor:
    """The vectors (V, width) of the words, row 0 padding."""
    if bags is None:
        return model.given.weight[:words].detach().cpu()
    device = model.given.weight.device
    parts = [
        model.given(rows.to(device)) for rows in torch.split(bags, 4096)
    ]
    return torch.cat(parts).cpu()


def count(texts: Sequence[Sequence[str]], least: int) -> dict[str, int]:
    """How often each word stands there, most frequent first."""
    counts = Counter(word for text in texts for word in text)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return {word: n for word, n in ranked if n >= least}


def corpus_of(
    texts: Sequence[Sequence[str]], counts: dict[str, int]
) -> Corpus:
    """Texts as ids, 1 for the first word of ``counts``; others left out."""
    known = {word: i for i, word in enumerate(counts, 1)}
    rows = [[known[w] for w in text if w in known] for text in texts]
    ids = np.array([i for row in rows for i in row], np.int64)
    sentence = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    return Corpus(ids, sentence, np.array([0, *counts.values()]))
