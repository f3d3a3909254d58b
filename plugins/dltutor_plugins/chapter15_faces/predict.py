"""What a trained network says of picture files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from dltutor.data import pictures
from dltutor.events import Prediction
from dltutor.i18n import local
from dltutor.views import Picture
from dltutor_plugins.chapter15_faces.detect import Box, Bytes, face_of
from dltutor_plugins.chapter15_faces.model import Embedder, embed

if TYPE_CHECKING:
    from dltutor.events import Trained

Floats = NDArray[np.float32]


class Described(NamedTuple):
    """A picture, and what the network makes of its surest face."""

    face: Bytes
    """(56, 48)"""
    box: Box | None
    """None where no face was found and the whole picture was taken"""
    vector: Floats
    """(embedding,), of length 1"""


def predict(
    trained: Trained, inputs: Sequence[str | Path]
) -> Iterator[Prediction]:
    """Compares the first picture with each of the others.

    One picture alone is looked at: whether a face was found. Folders stand
    for all pictures below them. Raises DataError, naming the file, for what
    is no picture. No file is written or changed.
    """
    model, threshold, _ = load_model(trained)
    first: Described | None = None
    for file in pictures.files(inputs):
        seen = describe(model, file, trained)
        where = local(
            {"en": "no face found; the whole picture", "zh": "没有找到人脸，用整张图片"}
            if seen.box is None
            else {"en": f"face at {tuple(seen.box)}", "zh": f"人脸位于 {tuple(seen.box)}"}
        )  # fmt: skip
        if first is None:
            first = seen
            yield Prediction(str(file), where, (), Picture.of(seen.face))
            continue
        distance = float(np.linalg.norm(first.vector - seen.vector))
        label = verdict(distance, threshold)
        both = np.hstack([first.face, seen.face])
        caption = f"{label}; {where}"
        yield Prediction(
            str(file), f"{label}; {where}", (), Picture.of(both, caption)
        )


def verdict(distance: float, threshold: float) -> str:
    """The answer in words, with both numbers."""
    same = distance <= threshold
    numbers = f"{distance:.3f} {'<=' if same else '>'} {threshold:.3f}"
    return local(
        {
            "en": f"{'the same person' if same else 'two people'}, {numbers}",
            "zh": f"{'同一个人' if same else '不同的人'}，{numbers}",
        }
    )


def load_model(trained: Trained) -> tuple[Embedder, float, list[str]]:
    """The run's network, its threshold, the people it was trained on."""
    kept, config = trained.extra(), trained.config
    model = Embedder(config.width, config.embedding)
    trained.load(model)  # to its device, in evaluation mode
    return model, float(kept["threshold"]), list(kept["trained_on"])


def describe(model: nn.Module, file: Path, trained: Trained) -> Described:
    """Reads, finds, cuts out, describes: in memory, the file stays."""
    picture = pictures.read_grey(file)
    face, box = face_of(picture, trained.config.landmarks)
    vector = vectors(model, face[None], trained.device)[0]
    return Described(face, box, vector)


def vectors(model: nn.Module, x: Bytes, device: Any) -> Floats:
    """Faces (N, 56, 48) to unit vectors (N, embedding)."""
    faces = torch.from_numpy(np.ascontiguousarray(x)).to(device)
    found: Floats = embed(model, faces).cpu().numpy()
    return found
