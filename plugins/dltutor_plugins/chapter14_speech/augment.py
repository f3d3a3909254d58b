"""Other clips out of the same ones: elsewhere, noisy, faster, with holes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from dltutor_plugins.chapter14_speech.sound import SECOND

if TYPE_CHECKING:
    from dltutor_plugins.chapter14_speech.config import Config

KINDS = ("white", "pink", "brown", "hum")


def disturb(
    waves: Tensor, samples: Tensor, config: Config, generator: Generator
) -> tuple[Tensor, Tensor]:
    """Clips (B, 16000), of which ``samples`` (B,) are sound, another way.

    The word is made a little faster or slower, moved to anywhere in the
    second, and noise fills what is around it and lies over it. How much of
    the second is then kept is drawn without a look at the word.
    """
    waves, samples = change_speed(waves, samples, config.speed, generator)
    waves, start = shift(waves, samples, generator)
    waves = add_noise(waves, samples, config.noise, generator)
    end = start + samples
    kept = end + (uniform(len(end), generator) * (SECOND + 1 - end)).long()
    silent = torch.arange(SECOND) >= kept[:, None]
    return waves.masked_fill(silent, 0), kept


def uniform(count: int, generator: Generator) -> Tensor:
    return torch.rand(count, generator=generator)


def shift(
    waves: Tensor, samples: Tensor, generator: Generator
) -> tuple[Tensor, Tensor]:
    """Moves each word to the right by as much as there is room, or less."""
    room = SECOND - samples
    start = (uniform(len(waves), generator) * (room + 1)).long()
    places = torch.arange(SECOND) - start[:, None]
    moved = waves.gather(1, places.clamp(min=0))
    return moved.masked_fill(places < 0, 0), start


def change_speed(
    waves: Tensor, samples: Tensor, most: float, generator: Generator
) -> tuple[Tensor, Tensor]:
    """Plays a batch up to ``most`` faster or slower; the pitch goes along."""
    if not most:
        return waves, samples
    factor = 1 + most * (2 * float(uniform(1, generator)) - 1)
    length = max(1, round(SECOND / factor))
    played = F.interpolate(
        waves[:, None], length, mode="linear", align_corners=False
    )[:, 0]
    played = F.pad(played, (0, max(0, SECOND - length)))[:, :SECOND]
    samples = (samples / factor).long().clamp(1, SECOND)
    return played, samples


def add_noise(
    waves: Tensor, samples: Tensor, nearest: float, generator: Generator
) -> Tensor:
    """Adds noise that is below the word by ``nearest`` to 40 dB.

    A signal-to-noise ratio of 10 dB: the word has ten times the power.
    """
    power = waves.square().sum(dim=1) / samples
    ratio = nearest + (40 - nearest) * uniform(len(waves), generator)
    size = (power / 10 ** (ratio / 10)).sqrt()[:, None]  # (B, 1)
    kind = KINDS[int(torch.randint(len(KINDS), (1,), generator=generator))]
    return waves + size * noise(kind, len(waves), SECOND, generator)


def noise(
    kind: str, clips: int, samples: int, generator: Generator
) -> Tensor:
    """Noise (clips, samples) with a mean square of 1.

    White has the same power at all frequencies, pink loses 3 dB from one
    octave to the next, brown 6 dB. Hum is 50 Hz and its multiples.
    """
    if kind == "hum":
        time = torch.arange(samples) / SECOND
        strength = torch.rand(clips, 12, generator=generator)
        phase = 6.2832 * torch.rand(clips, 12, 1, generator=generator)
        waves = torch.stack(
            [
                torch.sin(314.159 * k * time + phase[:, k - 1])
                for k in range(1, 13)
            ],
            dim=1,
        )  # (clips, 12, samples)
        sound = (strength[:, :, None] * waves).sum(dim=1)
    else:
        sound = torch.randn(clips, samples, generator=generator)
        power = {"white": 0.0, "pink": 0.5, "brown": 1.0}[kind]
        spectrum = torch.fft.rfft(sound)
        frequency = torch.fft.rfftfreq(samples, 1 / SECOND)
        spectrum = spectrum / frequency.clamp(min=20) ** power
        sound = torch.fft.irfft(spectrum, samples)
    return sound / sound.square().mean(dim=1, keepdim=True).sqrt()


def spec_augment(x: Tensor, time: int, bands: int) -> Tensor:
    """Masks a run of frames and a run of bands of each clip (B, T, 40).

    Masked is 0, the clip's mean. D. Park and others, 2019,
    https://arxiv.org/abs/1904.08779
    """
    holes = run_of(x, 1, time)[:, :, None] | run_of(x, 2, bands)[:, None]
    return x.masked_fill(holes, 0)


def run_of(x: Tensor, axis: int, most: int) -> Tensor:
    """True for up to ``most`` neighbours along an axis: (B, its length)."""
    clips, length = len(x), x.shape[axis]
    width = torch.randint(most + 1, (clips, 1), device=x.device)
    start = torch.rand(clips, 1, device=x.device) * (length - width)
    places = torch.arange(length, device=x.device) - start.long()
    return (places >= 0) & (places < width)
