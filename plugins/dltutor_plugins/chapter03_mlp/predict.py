"""What the trained perceptron says of picture files."""

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
from dltutor_plugins.chapter03_mlp.data import prepare
from dltutor_plugins.chapter03_mlp.model import MLP

if TYPE_CHECKING:
    from dltutor.events import Trained


def predict(
    trained: Trained,
    inputs: Sequence[str | Path],
) -> Iterator[Prediction]:
    """Reads picture files, or folders of them, and says what they show.

    Raises DataError, naming the file, for what is no picture.
    """
    model, classes, framed = load_model(trained)
    for file in pictures.files(inputs):
        picture = as_trained(file, framed=framed)  # (28, 28) uint8
        p = probabilities(model, picture, trained.device)
        pairs = zip(classes, p, strict=True)
        ranked = sorted(pairs, key=lambda pair: -pair[1])
        seen = Picture.of(picture, SEEN)
        yield Prediction(str(file), ranked[0][0], tuple(ranked), seen)


SEEN = {"en": "what the model sees", "zh": "模型看到的图片"}


def load_model(trained: Trained) -> tuple[MLP, tuple[str, ...], bool]:
    """The run's model, its classes, and whether pictures were framed."""
    kept, config = trained.extra(), trained.config
    classes = tuple(kept["classes"])
    hidden1, hidden2 = config.hidden1, config.hidden2
    model = MLP(hidden1, hidden2, len(classes), config.dropout)
    trained.load(model)  # to its device, in evaluation mode
    return model, classes, bool(kept["framed"])


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
    model: MLP, picture: Bytes, device: torch.device
) -> list[float]:
    """Softmax of the logits of a picture (28, 28): a number a class, sum 1."""
    x = torch.from_numpy(picture).to(device)[None, None]  # (1, 1, 28, 28)
    p: list[float] = model(prepare(x)).float().softmax(dim=1)[0].tolist()
    return p
