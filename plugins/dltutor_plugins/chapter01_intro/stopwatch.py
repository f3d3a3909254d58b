"""Measuring steps: what was waited for, what was warmed up, what is typical."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch


def wait_for(device: torch.device) -> None:
    """Until the device has done all that it was told.

    A GPU works on while Python goes on; a clock read without waiting
    measures only how fast orders are given.
    """
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()


class Stopwatch:
    """Milliseconds of each step, by name; a checkpoint keeps them."""

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self.ms: dict[str, list[float]] = {}
        self.compiling = 0.0
        """seconds that the compiler took, when the run began"""
        self.largest_difference = 0.0

    @contextmanager
    def time(self, name: str) -> Iterator[None]:
        wait_for(self.device)
        start = time.perf_counter()
        yield
        wait_for(self.device)
        passed = 1000 * (time.perf_counter() - start)
        self.ms.setdefault(name, []).append(passed)

    def compare(self, losses: Sequence[float]) -> float:
        """How far the losses of one step lie apart; the largest is kept."""
        difference = max(losses) - min(losses)
        self.largest_difference = max(self.largest_difference, difference)
        return difference

    def median(self, name: str) -> float:
        """Half of the steps took less; one slow step changes nothing."""
        return statistics.median(self.ms[name])

    def state_dict(self) -> dict[str, Any]:
        return {
            "ms": self.ms,
            "compiling": self.compiling,
            "difference": self.largest_difference,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.ms = {name: list(ms) for name, ms in state["ms"].items()}
        self.compiling = float(state["compiling"])
        self.largest_difference = float(state["difference"])
