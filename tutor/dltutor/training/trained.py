"""A run's weights, as predictions and demos use them."""

from __future__ import annotations

from typing import Any

import torch

from dltutor import registry
from dltutor.errors import TutorError
from dltutor.runs import launch
from dltutor.runs.folder import RunFolder
from dltutor.training import checkpoint, devices


class TrainedRun:
    """See :class:`dltutor.events.Trained`."""

    def __init__(self, run: RunFolder, device: str = "auto") -> None:
        spec = run.spec
        self.run = run
        self.id = run.id
        self.data = spec.data
        self.config = launch.config_class(registry.find(spec.chapter))(**spec.config)
        self.device = torch.device(devices.choose_device(device)[0])

    def load(self, model: torch.nn.Module, name: str = "model0") -> torch.nn.Module:
        """Loads the best weights into ``model``; TutorError when they do not fit it."""
        state = checkpoint.read(self.run.best)
        try:
            model.load_state_dict(state["models"][name])
        except (KeyError, RuntimeError) as error:
            reason = " ".join(str(error).split())[:200]
            raise TutorError(
                f"the weights of run {self.id} do not fit this model: {reason}"
            ) from None
        return model.to(self.device).eval()

    def extra(self) -> dict[str, Any]:
        """What the routine kept beside the weights with ``run.keep`` (class names, a vocabulary)."""
        extra = checkpoint.read(self.run.best).get("extra", {})
        assert isinstance(extra, dict)
        return extra
