"""What a trained network of chapter 5 says of picture files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from dltutor.data import pictures
from dltutor.data.digits import Bytes, frame, ink, resize
from dltutor.errors import DataError
from dltutor.events import Prediction
from dltutor.views import Picture
from dltutor_plugins.chapter05_cnn.data import prepare
from dltutor_plugins.chapter05_cnn.model import CNN

if TYPE_CHECKING:
    from dltutor.events import Trained

SEEN = {"en": "what the model sees", "zh": "模型看到的图片"}


def predict(
    trained: Trained, inputs: Sequence[str | Path]
) -> Iterator[Prediction]:
    """Reads picture files, or folders of them, and says what they show.

    Raises DataError, naming the file, for what is no picture.
    """
    kept, config = trained.extra(), trained.config
    classes = tuple(kept["classes"])
    model = CNN(config.variant, config.head, len(classes))
    trained.load(model)  # to its device, in evaluation mode
    for file in pictures.files(inputs):
        picture = as_trained(file, framed=bool(kept["framed"]))
        p = probabilities(model, picture, trained.device)
        ranked = sorted(
            zip(classes, p, strict=True), key=lambda pair: -pair[1]
        )
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


@torch.inference_mode()
def probabilities(
    model: CNN, picture: Bytes, device: torch.device
) -> list[float]:
    """Softmax of the logits of a picture (28, 28): a number a class."""
    x = torch.from_numpy(picture).to(device)[None, None]  # (1, 1, 28, 28)
    p: list[float] = model(prepare(x)).float().softmax(dim=1)[0].tolist()
    return p
