"""What a trained reader says of reviews: typed, in files, line by line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import Tensor

from dltutor.data import texts
from dltutor.events import Prediction
from dltutor.i18n import local
from dltutor_plugins.chapter09_gru.data import Vocabulary, pad
from dltutor_plugins.chapter09_gru.model import Reader, build

if TYPE_CHECKING:
    from dltutor.events import Trained


class Loaded(NamedTuple):
    """A run's reader and what it needs to read."""

    model: Reader
    known: Vocabulary
    classes: tuple[str, ...]
    longest: int


def load_model(trained: Any) -> Loaded:
    """The run's reader, in evaluation mode."""
    kept, config = trained.extra(), trained.config
    classes = tuple(kept["classes"])
    model = trained.load(build(config, len(classes)))
    known = Vocabulary(kept["characters"])
    return Loaded(model, known, classes, config.longest)


def predict(
    trained: Trained, inputs: Sequence[str | Path]
) -> Iterator[Prediction]:
    """A verdict on each text, and on each line of a text file.

    An input that names a file is read as one; any other is a text. Raises
    DataError, naming the file, for one that is no text.
    """
    loaded = load_model(trained)
    for text in texts.asked(inputs):
        if not texts.normalise(text):
            yield Prediction(text, local(EMPTY))
            continue
        p = probabilities(loaded, [text])[0].tolist()
        pairs = zip(loaded.classes, p, strict=True)
        ranked = sorted(pairs, key=lambda pair: -pair[1])
        yield Prediction(text, ranked[0][0], tuple(ranked))


EMPTY = {"en": "no text, no verdict", "zh": "没有文字，无法判断"}


@torch.inference_mode()
def probabilities(loaded: Loaded, reviews: Sequence[str]) -> Tensor:
    """(N, classes) on the CPU."""
    rows = [loaded.known.encode(r, loaded.longest) for r in reviews]
    device = next(loaded.model.parameters()).device
    logits: Tensor = loaded.model(pad(rows).to(device))
    return logits.float().softmax(dim=1).cpu()
