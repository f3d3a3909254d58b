"""Sound from a microphone, where there is one and sounddevice is installed."""

from __future__ import annotations

import importlib

from dltutor.errors import TutorError
from dltutor.i18n import local
from dltutor_plugins.chapter14_speech.sound import RATE, Wave


def record(seconds: float) -> Wave:
    """Listens for so long. TutorError says in one line what is missing."""
    try:
        device = importlib.import_module("sounddevice")
    except (ImportError, OSError):  # not installed; or without PortAudio
        raise TutorError(
            local(
                {
                    "en": "no microphone: sounddevice is not installed",
                    "zh": "没有麦克风：未安装 sounddevice",
                }
            ),
            "pip install sounddevice",
        ) from None
    try:
        count = round(seconds * RATE)
        sound = device.rec(count, RATE, channels=1, dtype="float32")
        device.wait()
    except device.PortAudioError as error:
        raise TutorError(
            local(
                {
                    "en": f"the microphone can not be used: {error}",
                    "zh": f"麦克风无法使用：{error}",
                }
            )
        ) from None
    wave: Wave = sound[:, 0]
    return wave
