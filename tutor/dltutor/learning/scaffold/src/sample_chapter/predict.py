"""What a trained line says of a number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import torch

from dltutor.errors import UsageError
from dltutor.events import Prediction

from .model import Line

if TYPE_CHECKING:
    from dltutor.events import Trained


@torch.inference_mode()
def predict(trained: Trained, inputs: Sequence[str]) -> Iterator[Prediction]:
    """One prediction for each number."""
    model = trained.load(Line())
    for text in inputs:
        try:
            x = float(text)
        except ValueError:
            raise UsageError(f"{text!r} is not a number", "for example: 0.5") from None
        y = model(torch.tensor([[x]], device=trained.device)).item()
        yield Prediction(text, f"{y:.3f}")
