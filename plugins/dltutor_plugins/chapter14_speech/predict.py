"""What a trained listener hears in sound files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from dltutor.events import Prediction
from dltutor.views import Chart, Series
from dltutor_plugins.chapter14_speech import sound
from dltutor_plugins.chapter14_speech.detect import (
    STEP,
    Heard,
    accepted,
    probabilities,
)
from dltutor_plugins.chapter14_speech.features import features, window
from dltutor_plugins.chapter14_speech.model import Listener, build
from dltutor_plugins.chapter14_speech.sound import RATE, SECOND, Wave

if TYPE_CHECKING:
    from dltutor.events import Trained

LONG = 3 * SECOND // 2
"""samples; a longer file is listened through, window by window"""


def predict(
    trained: Trained, inputs: Sequence[str | Path]
) -> Iterator[Prediction]:
    """Reads sound files, or folders of them, and says what is heard.

    A file of up to 1.5 seconds is one word. A longer one is a stream: the
    label then is the words that reach the run's threshold, each with its
    second. Raises DataError, naming the file, for what is no sound.
    """
    model, classes, words = load_model(trained)
    for file in sound.files(inputs):
        wave = sound.read(file)
        if len(wave) > LONG:
            p = probabilities(model, torch.from_numpy(wave))
            heard = accepted(p, trained.config.threshold, words)
            view = course(p[:, :words], heard, classes)
            yield Prediction(str(file), sentence(heard, classes), (), view)
            continue
        row = one_word(model, wave)
        pairs = zip(classes, row.tolist(), strict=True)
        ranked = sorted(pairs, key=lambda pair: -pair[1])
        yield Prediction(str(file), ranked[0][0], tuple(ranked))


def load_model(trained: Any) -> tuple[Listener, tuple[str, ...], int]:
    """The run's listener, its classes, and how many of them are words."""
    extra = trained.extra()
    classes = tuple(extra["classes"])
    model = trained.load(build(trained.config, len(classes)))
    return model, classes, int(extra["words"])


@torch.inference_mode()
def one_word(model: Listener, wave: Wave) -> Tensor:
    """Probabilities (classes,) of the loudest second."""
    device = next(model.parameters()).device
    waves, samples = window([torch.from_numpy(sound.loudest(wave))])
    x, lengths = features(waves.to(device), samples.to(device))
    p: Tensor = model(x.float(), lengths).softmax(dim=1)[0].cpu()
    return p


def sentence(heard: Sequence[Heard], classes: Sequence[str]) -> str:
    """``"yes 0.4 s, no 2.1 s"``: words and the middle of their windows."""
    return (
        ", ".join(
            f"{classes[h.word]} {h.second + 0.5:.1f} s" for h in heard
        )
        or "-"
    )


def course(
    p: Tensor, heard: Sequence[Heard], classes: Sequence[str]
) -> Chart:
    """The probabilities over time of what was heard, of one word otherwise."""
    seconds = [k * STEP / RATE + 0.5 for k in range(len(p))]
    shown = sorted({h.word for h in heard}) or [int(p.amax(dim=0).argmax())]
    return Chart(
        series=[
            Series(classes[k], p[:, k].tolist(), seconds) for k in shown[:5]
        ],
        y_limits=(0.0, 1.0),
        x_label={"en": "seconds", "zh": "秒"},
        y_label={"en": "probability", "zh": "概率"},
    )
