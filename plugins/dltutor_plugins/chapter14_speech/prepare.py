"""Features of whole sets: computed once, in chunks, and kept on the device."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import torch
from torch import Generator, Tensor

from dltutor_plugins.chapter14_speech import voices
from dltutor_plugins.chapter14_speech.augment import (
    KINDS,
    disturb,
    noise,
    uniform,
)
from dltutor_plugins.chapter14_speech.data import (
    Clip,
    Clips,
    LabelledSet,
    tensors,
)
from dltutor_plugins.chapter14_speech.features import CHUNK, features
from dltutor_plugins.chapter14_speech.sound import SECOND

if TYPE_CHECKING:
    from dltutor_plugins.chapter14_speech.config import Config

BACKGROUND = "(background)"
"""the class of everything that is no word of the set"""

Device = torch.device | str


def labelled(
    clips: Sequence[Clip], classes: Sequence[str], device: Device
) -> LabelledSet:
    """The clips as they are: to validate and to test with."""
    parts = [on_device(*part, device) for part in chunks(clips)]
    return joined(parts, labels(clips, classes), device)


def for_training(
    clips: Clips,
    classes: Sequence[str],
    config: Config,
    seed: int,
    device: Device,
) -> LabelledSet:
    """The clips, their disturbed copies, and background where it is a class.

    The copies are drawn once, by ``seed``: a run that is resumed gets the
    same ones.
    """
    generator = torch.Generator().manual_seed(seed)
    if BACKGROUND in classes:
        count = round(config.background * len(clips))
        third = count // 3
        clips = clips + other_words(third) + pieces(clips, third, generator)
        extra = noises(count - 2 * third, generator)
    else:
        extra = torch.zeros(0, SECOND)
    y = labels(clips, classes)
    parts: list[tuple[Tensor, Tensor]] = []
    targets: list[Tensor] = []
    for waves, samples in chunks(clips):
        target = y[len(targets) * CHUNK :][: len(waves)]
        versions = [on_device(waves, samples, device)]
        for _ in range(config.copies):
            changed = disturb(waves, samples, config, generator)
            versions.append(on_device(*changed, device))
        parts += versions
        targets.append(target.repeat(config.copies + 1))
    if len(extra):
        whole = torch.full((len(extra),), SECOND)
        parts.append(on_device(extra, whole, device))
        targets.append(torch.full((len(extra),), len(classes) - 1))
    return joined(parts, torch.cat(targets), device)


def chunks(clips: Sequence[Clip]) -> Iterator[tuple[Tensor, Tensor]]:
    """Waves (32, 16000) and samples (32,), as many at a time."""
    for start in range(0, len(clips), CHUNK):
        yield tensors(clips[start : start + CHUNK])


def on_device(
    waves: Tensor, samples: Tensor, device: Device
) -> tuple[Tensor, Tensor]:
    return features(waves.to(device), samples.to(device))


def labels(clips: Sequence[Clip], classes: Sequence[str]) -> Tensor:
    """Class indices (N,); what is no word of the set is background."""
    place = {word: k for k, word in enumerate(classes)}
    last = len(classes) - 1
    return torch.tensor([place.get(clip.word, last) for clip in clips])


def joined(
    parts: list[tuple[Tensor, Tensor]], y: Tensor, device: Device
) -> LabelledSet:
    x, lengths = (torch.cat(part) for part in zip(*parts, strict=True))
    return LabelledSet(x, lengths, y.to(device))


def other_words(count: int, testing: bool = False) -> Clips:
    """Words that are not to be heard, by the voices of the builtin data."""
    words = voices.OTHERS[testing]
    speakers = voices.TEST if testing else voices.TRAIN
    found = [
        Clip(*one)
        for one in voices.spoken(words, speakers, len(voices.ACCENTS))
    ]
    order = torch.randperm(
        len(found), generator=torch.Generator().manual_seed(2026)
    ).tolist()
    return [found[order[k % len(found)]] for k in range(count)]


def pieces(clips: Clips, count: int, generator: Generator) -> Clips:
    """The first or the last third of words: a window may hold no more."""
    found = []
    for k in torch.randperm(len(clips), generator=generator)[
        :count
    ].tolist():
        wave = clips[k].wave()
        third = max(1, len(wave) // 3)
        part = wave[:third] if k % 2 else wave[-third:]
        found.append(Clip(part, BACKGROUND, clips[k].speaker))
    return found


def noises(count: int, generator: Generator) -> Tensor:
    """Seconds of noise (count, 16000) of every kind, soft and loud."""
    parts = [torch.zeros(0, SECOND)]
    for start in range(0, count, 256):  # at a time, so that memory suffices
        part = min(256, count - start)
        each = -(-part // len(KINDS))
        sound = torch.cat(
            [noise(k, each, SECOND, generator) for k in KINDS]
        )
        level = 10 ** (-3.5 + 2.5 * uniform(len(sound), generator))
        order = torch.randperm(len(sound), generator=generator)[:part]
        parts.append((sound * level[:, None])[order])
    return torch.cat(parts)
