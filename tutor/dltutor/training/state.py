"""What changes while a run goes on: its place, its random states, its sums, its clock."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor


@dataclass(slots=True)
class Position:
    """Where a run is. ``batch`` counts the batches done in loop ``loop`` of the epoch."""

    epoch: int = 0
    loop: int = 0
    batch: int = 0
    step: int = 0
    samples: int = 0
    """samples trained on, over all processes"""
    train_seconds: float = 0.0
    """time spent inside the loops over batches"""


@dataclass(slots=True)
class Split:
    """Where the time of the steps went, in seconds."""

    data: float = 0.0
    forward: float = 0.0
    backward: float = 0.0
    step: float = 0.0

    def add(self, marks: Sequence[float]) -> None:
        if len(marks) == 5:
            self.data += marks[1] - marks[0]
            self.forward += marks[2] - marks[1]
            self.backward += marks[3] - marks[2]
            self.step += marks[4] - marks[3]

    def shares(self) -> dict[str, float]:
        total = self.data + self.forward + self.backward + self.step
        if total == 0:
            return {}
        return {
            name: round(getattr(self, name) / total, 4)
            for name in ("data", "forward", "backward", "step")
        }


@dataclass(slots=True)
class Means:
    """Sums over the epoch, on the device, so that no step waits for a value."""

    sums: dict[str, Tensor] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)


def capture_random() -> dict[str, Any]:
    """The states of Python's, NumPy's and torch's generators."""
    state: dict[str, Any] = {
        "python": random.getstate(),
        "numpy": np.random.get_state(),
        "torch": torch.get_rng_state(),
    }
    if torch.cuda.is_available():
        state["cuda"] = torch.cuda.get_rng_state_all()
    return state


def restore_random(state: Mapping[str, Any]) -> None:
    random.setstate(state["python"])
    np.random.set_state(state["numpy"])
    torch.set_rng_state(state["torch"])
    if (
        "cuda" in state
        and torch.cuda.is_available()
        and len(state["cuda"]) == torch.cuda.device_count()
    ):
        torch.cuda.set_rng_state_all(state["cuda"])
