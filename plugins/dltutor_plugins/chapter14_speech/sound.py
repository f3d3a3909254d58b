"""Sound files of any rate, length and channel count, as waves of 16 kHz."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import soundfile
import torch
from numpy.typing import NDArray
from torchaudio.transforms import Resample

from dltutor.errors import DataError
from dltutor.i18n import local

RATE = 16_000
"""samples a second of all that is computed here"""
SECOND = RATE
"""samples of a clip: the model hears one second at a time"""
SUFFIXES = (".wav", ".flac", ".ogg", ".aiff", ".aif", ".mp3", ".au")
MOST_SECONDS = 3_600

Wave = NDArray[np.float32]
"""(samples,), one channel of 16 kHz, -1 to 1"""


def read(path: str | Path) -> Wave:
    """A sound file as one channel of 16 kHz.

    Raises DataError, naming the file: for a folder, for what does not
    exist or is no sound, for an empty file and one of more than an hour.
    """
    file = Path(path)
    if file.is_dir():
        raise wrong(
            file, "is a folder, not a sound file", "是文件夹，不是声音文件"
        )
    if not file.exists():
        raise wrong(file, "does not exist", "不存在")
    try:
        with soundfile.SoundFile(file) as source:
            rate = int(source.samplerate)
            if source.frames > MOST_SECONDS * rate:
                raise wrong(file, "is longer than an hour", "超过一小时")
            samples = source.read(dtype="float32", always_2d=True)
    except (soundfile.SoundFileError, OSError, TypeError):
        raise wrong(
            file, "is no sound that can be read", "不是能读取的声音"
        ) from None
    if not len(samples):
        raise wrong(file, "holds no samples", "没有任何采样")
    if not np.isfinite(samples).all():
        raise wrong(file, "holds values that are no numbers", "含有非数值")
    return resample(samples.mean(axis=1), rate)  # channels to one


def resample(wave: Wave, rate: int) -> Wave:
    """The same sound with 16,000 samples a second."""
    if rate == RATE:
        return wave
    with torch.inference_mode():
        out: Wave = resampler(rate)(torch.from_numpy(wave)).numpy()
    return out


@lru_cache(maxsize=8)
def resampler(rate: int) -> Resample:
    return Resample(rate, RATE)


def loudest(wave: Wave, samples: int = SECOND) -> Wave:
    """The ``samples`` in a row that hold most energy; all if it is short."""
    if len(wave) <= samples:
        return wave
    energy = np.cumsum(np.square(wave, dtype=np.float64))
    inside = energy[samples:] - energy[:-samples]
    start = int(inside.argmax()) + 1
    return wave[start : start + samples]


def files(inputs: Sequence[str | Path]) -> Iterator[Path]:
    """The files, and the sound files anywhere below the folders, by name."""
    for path in map(Path, inputs):
        if not path.is_dir():
            yield path
            continue
        inside = sorted(p for p in path.rglob("*") if is_sound(p))
        if not inside:
            raise wrong(path, "holds no sound files", "里没有声音文件")
        yield from inside


def is_sound(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".")


def wrong(path: Path, en: str, zh: str) -> DataError:
    """The error that names the file and says what can be read."""
    return DataError(
        local({"en": f"{path} {en}", "zh": f"{path} {zh}"}),
        local(
            {
                "en": "WAV, FLAC, OGG and the like can be read",
                "zh": "可以读取 WAV、FLAC、OGG 等文件",
            }
        ),
    )
