"""What the trained network says of picture files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from dltutor.data import pictures
from dltutor.data.digits import frame, ink, resize
from dltutor.errors import DataError
from dltutor.events import Prediction
from dltutor.views import Picture
from dltutor_plugins.chapter06_data.data import prepare
from dltutor_plugins.chapter06_data.model import SmallCNN

if TYPE_CHECKING:
    from dltutor.data.digits import Bytes
    from dltutor.events import Trained

SEEN = {"en": "what the model sees", "zh": "模型看到的图片"}


def predict(
    trained: Trained, inputs: Sequence[str | Path]
) -> Iterator[Prediction]:
    """Reads picture files, or folders of them, and says what they show.

    Raises DataError, naming the file, for what is no picture.
    """
    kept = trained.extra()
    classes = [str(name) for name in kept["classes"]]
    model = trained.load(SmallCNN(len(classes)))
    for file in pictures.files(inputs):
        picture = as_trained(file, framed=bool(kept["framed"]))
        x = torch.from_numpy(picture).to(trained.device)[None, None]
        with torch.inference_mode():
            p = model(prepare(x)).float().softmax(dim=1)[0].tolist()
        pairs = zip(classes, p, strict=True)
        ranked = sorted(pairs, key=lambda pair: -pair[1])
        seen = Picture.of(picture, SEEN)
        yield Prediction(str(file), ranked[0][0], tuple(ranked), seen)


def as_trained(file: Path, *, framed: bool) -> Bytes:
    """The picture (28, 28) as the model met pictures in training."""
    grey = pictures.read_grey(file)
    if not framed:
        return resize(grey)
    try:
        return frame(ink(grey))
    except DataError as error:
        raise DataError(f"{file}: {error.message}") from None
