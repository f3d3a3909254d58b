"""Words that nobody recorded, spoken by espeak-ng."""

from __future__ import annotations

import ctypes
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from dltutor.errors import TutorError
from dltutor.i18n import local
from dltutor_plugins.chapter14_speech.sound import Wave, resample

WORDS = (
    "yes",
    "no",
    "up",
    "down",
    "left",
    "right",
    "on",
    "off",
    "stop",
    "go",
)
OTHERS = (
    ("bed", "bird", "cat", "dog", "tree", "wow", "happy", "follow"),
    ("house", "visual", "learn", "forward", "marvin", "sheila", "paper"),
)
"""words that are not to be heard: to train with, and to test with"""
TRAIN = (
    "m1",
    "m2",
    "m3",
    "m4",
    "m5",
    "f1",
    "f2",
    "f3",
    "Alex",
    "Andy",
    "Annie",
    "Denis",
    "Gene",
    "Jacky",
    "Lee",
    "Mario",
    "Reed",
    "adam",
    "anika",
    "belinda",
    "boris",
    "david",
    "ed",
    "grandma",
)
VAL = ("m6", "f4", "Michael", "linda")
TEST = ("m7", "m8", "f5", "Andrea", "victor", "steph", "edward", "Mike")
"""voices; none is in two of the lists"""
ACCENTS = ("en-us", "en-gb-x-rp", "en-gb-scotland", "en-029")


class Spoken(NamedTuple):
    """A word, who says it, and the sound."""

    wave: Wave
    word: str
    speaker: str


_RETRIEVE, _RATE, _PITCH, _UTF8 = 2, 1, 3, 1
"""of espeak-ng's header: sound to a function; parameters; text is UTF-8"""
_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int,
    ctypes.POINTER(ctypes.c_short),
    ctypes.c_int,
    ctypes.c_void_p,
)


class _Engine:
    """The library with the one function that it gives its sound to."""

    def __init__(self) -> None:
        import espeakng_loader

        self.parts: list[Any] = []
        self.espeak = ctypes.CDLL(espeakng_loader.get_library_path())
        data = str(espeakng_loader.get_data_path()).encode()
        self.rate: int = self.espeak.espeak_Initialize(
            _RETRIEVE, 0, data, 0
        )
        if self.rate <= 0:
            raise failed("espeak-ng")
        # the library keeps a pointer only: this object has to keep it alive
        self.callback = _Callback(self._take)
        self.espeak.espeak_SetSynthCallback(self.callback)

    def _take(self, samples: Any, count: int, _events: int | None) -> int:
        if samples and count > 0:
            part = np.ctypeslib.as_array(samples, (count,))
            self.parts.append(part.copy())
        return 0


@lru_cache(maxsize=1)
def engine() -> _Engine:
    return _Engine()


def say(
    word: str,
    voice: str = "m1",
    accent: str = "en-us",
    speed: int = 175,
    pitch: int = 50,
) -> Wave:
    """``word`` at 16 kHz; ``speed`` in words a minute, ``pitch`` 0 to 99."""
    speaker = engine()
    library = speaker.espeak
    name = f"{accent}+{voice}"
    if library.espeak_SetVoiceByName(name.encode()) != 0:
        raise failed(name)  # it would go on with the voice before
    library.espeak_SetParameter(_RATE, speed, 0)
    library.espeak_SetParameter(_PITCH, pitch, 0)
    # the breath of some voices is noise: the same in every process
    library.espeak_ng_SetRandSeed(ctypes.c_long(1))
    speaker.parts.clear()
    text = word.encode()
    library.espeak_Synth(text, len(text) + 1, 0, 1, 0, _UTF8, None, None)
    if not speaker.parts:
        raise failed(word)
    samples = np.concatenate(speaker.parts).astype(np.float32)
    samples = trim(samples / np.float32(32_768))
    return resample(samples, speaker.rate)


def trim(wave: Wave) -> Wave:
    """Without the silence before and behind: below 1 % of the peak."""
    loud = np.flatnonzero(np.abs(wave) > 0.01 * np.abs(wave).max())
    return wave[loud[0] : loud[-1] + 1]


def failed(what: str) -> TutorError:
    return TutorError(
        local(
            {
                "en": f"espeak-ng could not speak: {what}",
                "zh": f"espeak-ng 无法发声：{what}",
            }
        ),
        'pip install "dltutor[speech]"',
    )


@lru_cache(maxsize=1)
def builtin() -> tuple[list[Spoken], list[Spoken], list[Spoken]]:
    """The ten words by the voices to train, validate and test with."""
    train, val, test = (
        spoken(WORDS, voices, 4) for voices in (TRAIN, VAL, TEST)
    )
    return train, val, test


# a word sounds a little different after others, so it is spoken once
@lru_cache(maxsize=8)
def spoken(
    words: tuple[str, ...], voices: tuple[str, ...], times: int
) -> list[Spoken]:
    """Each word by each voice, in another accent, speed and pitch each time."""
    generator = np.random.default_rng(2026)
    return [
        Spoken(
            say(
                word,
                voice,
                ACCENTS[k % len(ACCENTS)],
                int(generator.integers(130, 221)),
                int(generator.integers(25, 76)),
            ),
            word,
            voice,
        )
        for voice in voices
        for word in words
        for k in range(times)
    ]
