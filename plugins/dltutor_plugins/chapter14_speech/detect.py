"""Hearing words in sound that does not stop: windows, a threshold, two errors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from dltutor_plugins.chapter14_speech.augment import KINDS, noise, uniform
from dltutor_plugins.chapter14_speech.features import features
from dltutor_plugins.chapter14_speech.sound import RATE, SECOND

STEP = RATE // 10
"""samples from one window to the next: ten windows a second"""
APART = 8
"""windows: two words that are accepted are at least so far apart"""


class Heard(NamedTuple):
    """A word that was accepted."""

    second: float
    """where its window begins"""
    word: int
    probability: float


@torch.inference_mode()
def probabilities(model: nn.Module, wave: Tensor) -> Tensor:
    """Of each window of a second: (samples,) to (windows, classes).

    Each row is the mean of three windows, so that one alone decides
    nothing.
    """
    model.eval()
    device = next(model.parameters()).device
    short = max(0, SECOND - len(wave))
    windows = F.pad(wave, (0, short)).unfold(0, SECOND, STEP)
    rows = []
    for part in torch.split(windows, 512):
        samples = torch.full((len(part),), SECOND, device=device)
        x, lengths = features(part.to(device), samples)
        rows.append(model(x.float(), lengths).softmax(dim=1).cpu())
    p = torch.cat(rows)  # (windows, classes)
    padded = torch.cat([p[:1], p, p[-1:]])
    return (padded[:-2] + padded[1:-1] + padded[2:]) / 3


def accepted(p: Tensor, threshold: float, words: int) -> list[Heard]:
    """The words whose probability reaches the threshold, strongest first.

    The first ``words`` classes count. Windows next to an accepted one are
    the same word, heard again.
    """
    best, word = p[:, :words].max(dim=1)
    best = best.clone()
    found = []
    while len(best) and float(best.max()) >= threshold:
        at = int(best.argmax())
        found.append(
            Heard(at * STEP / RATE, int(word[at]), float(best[at]))
        )
        best[max(0, at - APART + 1) : at + APART] = 0
    return sorted(found)


def embed(
    waves: Sequence[Tensor], gap: float, generator: Generator
) -> tuple[Tensor, list[float]]:
    """Words in faint noise, one every ``gap`` seconds; where each begins.

    There is a second between two words at least: the gap has to be longer
    than the longest by as much.
    """
    stretch = round(gap * RATE)
    kinds = [KINDS[k % len(KINDS)] for k in range(len(waves))]
    parts, begins = [], []
    for k, (wave, kind) in enumerate(zip(waves, kinds, strict=True)):
        room = max(0, stretch - len(wave) - SECOND)
        start = SECOND // 2 + int(uniform(1, generator) * (room + 1))
        power = wave.square().mean().sqrt()
        around = noise(kind, 1, stretch, generator)[0]
        part = 0.1 * power * around  # 20 dB below the word
        part[start : start + len(wave)] += wave
        parts.append(part)
        begins.append((k * stretch + start) / RATE)
    return torch.cat(parts), begins


def quiet(seconds: int, generator: Generator) -> Tensor:
    """Noise of every kind in turn, ten seconds each, soft and loud."""
    parts = []
    for k in range(-(-seconds // 10)):
        level = 10 ** (-3.5 + 2.5 * float(uniform(1, generator)))
        kind = KINDS[k % len(KINDS)]
        parts.append(level * noise(kind, 1, 10 * RATE, generator)[0])
    return torch.cat(parts)[: seconds * RATE]


def missed(
    heard: Sequence[Heard], begins: Sequence[float], truth: Sequence[int]
) -> int:
    """How many words were not accepted as what they are.

    The window of an accepted word begins at most 0.9 seconds before the
    word does and at most 0.5 after.
    """
    right = 0
    for begin, word in zip(begins, truth, strict=True):
        near = [h for h in heard if begin - 0.9 <= h.second <= begin + 0.5]
        best = max(near, key=lambda h: h.probability, default=None)
        right += best is not None and best.word == word
    return len(begins) - right


def at_most(events: int) -> float:
    """The 95 % upper limit of a count: 3.0 where nothing was counted.

    The mean of the Poisson distribution that gives so few or fewer in one
    case of twenty; by bisection.
    """
    low: float = 0.0
    high: float = events + 10 * (events + 1) ** 0.5
    for _ in range(60):
        mean = (low + high) / 2
        k = torch.arange(events + 1, dtype=torch.float64)
        logs = k * torch.log(torch.tensor(mean).double()) - torch.lgamma(
            k + 1
        )
        few = float(torch.exp(logs - mean).sum())
        low, high = (mean, high) if few > 0.05 else (low, mean)
    return high
