"""A torch profiler trace of a few steps, for ``--profile``."""

from __future__ import annotations

from pathlib import Path

import torch
from torch.profiler import ProfilerActivity, profile

WARM_UP, STEPS = 10, 20


class Profile:
    """Records steps 11 to 30 and writes ``trace.json``, which Perfetto and Chrome open."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "trace.json"
        self._done = 0
        self._profiler: profile | None = None

    def step(self) -> bool:
        """Counts a step; True when the trace has just been written."""
        self._done += 1
        if self._done == WARM_UP:
            activities = [ProfilerActivity.CPU]
            if torch.cuda.is_available():
                activities.append(ProfilerActivity.CUDA)
            self._profiler = profile(activities=activities)
            self._profiler.start()
        elif self._done == WARM_UP + STEPS and self._profiler is not None:
            self._profiler.stop()
            self._profiler.export_chrome_trace(str(self.file))
            self._profiler = None
            return True
        return False
