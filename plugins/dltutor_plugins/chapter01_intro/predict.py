"""What the trained network says of picture files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from dltutor.data import digits, pictures
from dltutor.errors import DataError
from dltutor.events import Prediction
from dltutor.views import Picture
from dltutor_plugins.chapter01_intro.data import prepare
from dltutor_plugins.chapter01_intro.model import Network

if TYPE_CHECKING:
    from dltutor.events import Trained

SEEN = {"en": "what the network sees", "zh": "网络看到的图片"}


def predict(
    trained: Trained, inputs: Sequence[str | Path]
) -> Iterator[Prediction]:
    """Reads picture files, or folders of them, and says what they show.

    Raises DataError, naming the file, for what is no picture.
    """
    kept = trained.extra()
    classes = tuple(kept["classes"])
    model = load_network(trained)
    for file in pictures.files(inputs):
        picture = as_trained(file, framed=bool(kept["framed"]))
        p = probabilities(model, picture, trained.device)
        pairs = zip(classes, p, strict=True)
        ranked = sorted(pairs, key=lambda pair: -pair[1])
        seen = Picture.of(picture, SEEN)
        yield Prediction(str(file), ranked[0][0], tuple(ranked), seen)


def load_network(trained: Trained) -> Network:
    """The run's eager network; the compiled one's weights are its twin's."""
    config, classes = trained.config, trained.extra()["classes"]
    model = Network(config.width, config.blocks, len(classes))
    trained.load(model)
    return model


def as_trained(file: Path, *, framed: bool) -> NDArray[np.uint8]:
    """The picture (28, 28) as the network met pictures in training."""
    grey = pictures.read_grey(file)
    if not framed:
        return digits.resize(grey)
    try:
        return digits.frame(digits.ink(grey))
    except DataError as error:
        raise DataError(f"{file}: {error.message}") from None


@torch.inference_mode()
def probabilities(
    model: Network, picture: NDArray[np.uint8], device: torch.device
) -> list[float]:
    """Softmax of the logits of a picture (28, 28): a number a class."""
    x = torch.from_numpy(picture).to(device)[None, None]
    p: list[float] = model(prepare(x)).float().softmax(dim=1)[0].tolist()
    return p
