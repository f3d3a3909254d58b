"""What a trained network says of picture files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from dltutor.data import pictures
from dltutor.events import Prediction
from dltutor.views import Picture
from dltutor_plugins.chapter07_resnet.data import resized
from dltutor_plugins.chapter07_resnet.train import all_logits
from dltutor_plugins.chapter07_resnet.zoo import network

if TYPE_CHECKING:
    from dltutor.events import Trained


def predict(
    trained: Trained, inputs: Sequence[str | Path]
) -> Iterator[Prediction]:
    """Reads picture files, or folders of them, and says what they show.

    Raises DataError, naming the file, for what is no picture.
    """
    model, classes = load_model(trained)
    for file in pictures.files(inputs):
        seen = resized(file)  # (32, 32, 3) uint8
        p = probabilities(model, seen, trained)
        pairs = zip(classes, p, strict=True)
        ranked = sorted(pairs, key=lambda pair: -pair[1])
        view = Picture.of(seen, SEEN)
        yield Prediction(str(file), ranked[0][0], tuple(ranked), view)


SEEN = {"en": "what the model sees", "zh": "模型看到的图片"}


def load_model(trained: Any) -> tuple[nn.Module, tuple[str, ...]]:
    """The run's network with the weights that were measured, its classes."""
    classes = tuple(trained.extra()["classes"])
    model = network(trained.config, len(classes))
    name = "average" if trained.config.average else "model0"
    trained.load(model, name)  # to its device, in evaluation mode
    return model, classes


def probabilities(
    model: nn.Module, picture: Any, trained: Trained
) -> list[float]:
    """Softmax of the logits of a picture (32, 32, 3): sum 1."""
    x = torch.from_numpy(picture).to(trained.device).permute(2, 0, 1)[None]
    logits: Tensor = all_logits(model, x, trained.config.mirror_test)
    p: list[float] = logits.softmax(dim=1)[0].tolist()
    return p
