"""Counting instead of learning: pairs of neighbours, and the best path."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from dltutor_plugins.chapter10_encoder.data import Sentences


def viterbi(scores: Sequence[Tensor], moves: Sequence[Tensor]) -> list[int]:
    """The path with the largest sum of scores and moves.

    scores[t] (K_t,) is for the candidates of place t, moves[t]
    (K_t, K_{t+1}) for a candidate of t followed by one of t + 1.
    """
    best, steps = scores[0], []
    for move, here in zip(moves, scores[1:], strict=True):
        total = best[:, None] + move  # (K before, K here)
        best, came_from = total.max(dim=0)
        best = best + here
        steps.append(came_from)
    path = [int(best.argmax())]
    for came_from in reversed(steps):
        path.append(int(came_from[path[-1]]))
    return path[::-1]


class Bigram(nn.Module):
    """How often characters follow each other and sound like a syllable.

    A module without parameters, so that its counts are saved with a run. A
    pair (a, b) is the number a * characters + b; number 0 as a is the start
    of a sentence.
    """

    pairs: Tensor
    pair_counts: Tensor
    sounds: Tensor
    sound_counts: Tensor
    single: Tensor

    def __init__(
        self, syllables: int, characters: int, pairs: int, sounds: int
    ) -> None:
        super().__init__()
        self.syllables, self.characters = syllables, characters
        self.smooth = 30.0
        for name, size in (
            ("pairs", pairs),
            ("pair_counts", pairs),
            ("sounds", sounds),
            ("sound_counts", sounds),
            ("single", characters),
        ):
            zeros = torch.zeros(size, dtype=torch.long)
            self.register_buffer(name, zeros)

    @classmethod
    def count(
        cls, data: Sentences, without_tones: Tensor, characters: int
    ) -> Bigram:
        """Counts the training sentences."""
        x, y = data.x.cpu(), data.y.cpu()
        before = torch.cat([torch.zeros_like(y[:, :1]), y[:, :-1]], dim=1)
        there = x > 0
        pairs = (before * characters + y)[there]
        pairs, pair_counts = torch.unique(pairs, return_counts=True)
        # each syllable counts as itself and as one whose tone is open
        both = torch.cat([x[there], without_tones[x[there]]])
        sounds = both * characters + y[there].repeat(2)
        sounds, sound_counts = torch.unique(sounds, return_counts=True)
        model = cls(len(without_tones), characters, len(pairs), len(sounds))
        model.pairs, model.pair_counts = pairs, pair_counts
        model.sounds, model.sound_counts = sounds, sound_counts
        model.single = y[there].bincount(minlength=characters)
        # number 0: how many sentences begin
        model.single[0] = len(x)
        return model

    def candidates(self, syllable: int) -> tuple[Tensor, Tensor]:
        """Characters seen for a syllable (K,), and counts, frequent first."""
        low, high = torch.searchsorted(
            self.sounds,
            torch.tensor([syllable, syllable + 1]) * self.characters,
        ).tolist()
        if low == high:  # never seen: the unknown character
            return torch.zeros(1, dtype=torch.long), torch.ones(1)
        counts = self.sound_counts[low:high]
        order = counts.argsort(descending=True, stable=True)
        return self.sounds[low:high][order] % self.characters, counts[order]

    def moves(self, before: Tensor, here: Tensor) -> Tensor:
        """log p(b | a) of a in ``before`` (K,), b in ``here`` (J,): (K, J).

        A pair that was never seen gets a little of b's share of the text.
        """
        keys = before[:, None] * self.characters + here
        at = torch.searchsorted(self.pairs, keys).clamp(
            max=len(self.pairs) - 1
        )
        seen = self.pair_counts[at] * (self.pairs[at] == keys)
        share = (self.single[here] + 0.5) / self.single[1:].sum()
        total = self.single[before][:, None] + self.smooth
        return ((seen + self.smooth * share) / total).log()

    def sound(self, syllable: int) -> tuple[Tensor, Tensor]:
        """The candidates of a syllable, and log p(syllable | candidate)."""
        which, counts = self.candidates(syllable)
        return which, (counts / self.single[which].clamp(min=1)).log()

    def most_frequent(self, syllables: Sequence[int]) -> list[int]:
        """The first candidate of each, whatever stands beside it."""
        return [int(self.candidates(s)[0][0]) for s in syllables]

    def choose(self, syllables: Sequence[int], scores: Tensor) -> list[int]:
        """Of each syllable's candidates the one with the best score.

        ``scores`` (T, characters) are the encoder's.
        """
        chosen = []
        for syllable, row in zip(syllables, scores, strict=True):
            which, _ = self.candidates(syllable)
            chosen.append(int(which[row[which].argmax()]))
        return chosen

    def decode(
        self,
        syllables: Sequence[int],
        scores: Tensor | None = None,
        weight: float = 1.0,
    ) -> list[int]:
        """The best characters of a sentence, as a whole.

        Without ``scores`` the most probable sentence of the counts. With
        ``scores`` (T, characters), the encoder's log-probabilities, these
        are added, ``weight`` times.
        """
        which, here = [], []
        for place, syllable in enumerate(syllables):
            candidates, sounds = self.sound(syllable)
            if scores is not None:
                sounds = sounds + weight * scores[place, candidates]
            which.append(candidates)
            here.append(sounds)
        start = torch.zeros(1, dtype=torch.long)
        here[0] = here[0] + self.moves(start, which[0])[0]
        path = viterbi(here, [self.moves(a, b) for a, b in pairwise(which)])
        return [int(w[k]) for w, k in zip(which, path, strict=True)]
