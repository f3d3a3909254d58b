"""From waves to features: log-mel spectra and MFCC, in batches on the device."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor
from torchaudio.functional import create_dct, melscale_fbanks

from dltutor_plugins.chapter14_speech.sound import RATE, SECOND

WINDOW = 400
"""samples of a frame: 25 ms"""
HOP = 160
"""samples from one frame to the next: 10 ms"""
FFT = 512
"""points of the Fourier transform: the window and 112 zeros"""
BANDS = 40
"""filters on the mel scale, from 20 Hz to 8 kHz"""
LOWEST = 20.0
RANGE = 80.0
"""decibels below a clip's loudest value at which it is cut off"""
FRAMES = SECOND // HOP + 1
"""of one second: 101"""
CHUNK = 32
"""clips at a time that are read and disturbed"""
PIECE = 8
"""clips at a time whose spectra then fit into the processor's cache"""


@lru_cache(maxsize=4)
def tools(device: torch.device) -> tuple[Tensor, Tensor]:
    """The window (512,) with zeros at both ends; the triangles (257, 40)."""
    zeros = (FFT - WINDOW) // 2
    window = F.pad(torch.hann_window(WINDOW), (zeros, zeros))
    bank = melscale_fbanks(
        FFT // 2 + 1, LOWEST, RATE / 2, BANDS, RATE, mel_scale="htk"
    )
    return window.to(device), bank.to(device)


@torch.no_grad()
def log_mel(waves: Tensor) -> Tensor:
    """Waves (B, samples) to decibels (B, frames, 40), frame by frame."""
    window, bank = tools(waves.device)
    padded = F.pad(waves, (FFT // 2, FFT // 2))
    pieces = padded.unfold(1, FFT, HOP) * window  # (B, frames, 512)
    spectrum = torch.fft.rfft(pieces)  # (B, frames, 257)
    power = spectrum.real.square() + spectrum.imag.square()
    decibels = 10 * (power @ bank).clamp(min=1e-10).log10()
    # cut off below each clip's own maximum, not below the batch's
    loudest = decibels.amax(dim=(1, 2), keepdim=True)
    return torch.maximum(decibels, loudest - RANGE)


@lru_cache(maxsize=8)
def dct_matrix(coefficients: int) -> Tensor:
    """The cosines (40, coefficients) that make MFCC of 40 decibels."""
    matrix: Tensor = create_dct(coefficients, BANDS, norm="ortho")
    return matrix


def mfcc(waves: Tensor, coefficients: int = 13) -> Tensor:
    """Waves (B, samples) to MFCC (B, frames, coefficients)."""
    return log_mel(waves) @ dct_matrix(coefficients).to(waves.device)


def frames(samples: Tensor) -> Tensor:
    """How many frames hold something of so many samples; any shape."""
    return samples // HOP + 1


def present(x: Tensor, lengths: Tensor) -> Tensor:
    """True where there is a frame (B, T), False where there is padding."""
    places = torch.arange(x.shape[1], device=x.device)
    return places < lengths[:, None]


def centred(x: Tensor, lengths: Tensor) -> Tensor:
    """Decibels (B, T, 40) less each clip's mean in each band; 0 in padding.

    A microphone that is far, or dull, adds the same decibels to all frames
    of a band; the mean takes them away again. Padding must not count.
    """
    there = present(x, lengths)[:, :, None]  # (B, T, 1)
    total = (x * there).sum(dim=1, keepdim=True)
    return (x - total / lengths[:, None, None]) * there


def window(waves: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """Waves of up to a second, padded with zeros (B, 16000); their samples."""
    samples = torch.tensor([len(wave) for wave in waves])
    padded = [F.pad(wave, (0, SECOND - len(wave))) for wave in waves]
    return torch.stack(padded), samples


def features(waves: Tensor, samples: Tensor) -> tuple[Tensor, Tensor]:
    """What the model takes: (N, 101, 40) half precision, frames (N,).

    Eight clips at a time: all at once is several times slower.
    """
    parts = []
    for wave, count in zip(
        torch.split(waves, PIECE), torch.split(samples, PIECE), strict=True
    ):
        parts.append(centred(log_mel(wave), frames(count)).half())
    return torch.cat(parts), frames(samples)
