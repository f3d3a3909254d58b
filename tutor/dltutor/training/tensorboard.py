"""Writes a run's measurements and pictures as TensorBoard files: ``... RUN_FOLDER TO``."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import numpy as np
from torch.utils.tensorboard import SummaryWriter

from dltutor import views
from dltutor.runs.export import measurements
from dltutor.runs.folder import RunFolder


def write(run: RunFolder, to: Path) -> None:
    """Scalars at their steps and wall times, pictures, and the configuration as text."""
    writer = SummaryWriter(str(to))
    for row in measurements(run):
        wall = datetime.fromisoformat(row["time"]).timestamp()
        for name, value in row.items():
            if name not in ("step", "epoch", "seconds", "time", "kind") and value is not None:
                writer.add_scalar(name, value, row["step"], walltime=wall)
    for event in run.events()[0]:
        if event["event"] == "picture" and event["view"].get("view") == "picture":
            view = views.from_json(event["view"])
            assert isinstance(view, views.Picture)
            pixels = np.frombuffer(view.pixels, np.uint8).reshape(
                view.height, view.width, view.channels
            )
            writer.add_image(event["name"], pixels, event["step"], dataformats="HWC")
    lines = "\n".join(f"    {k} = {v}" for k, v in run.spec.config.items())
    writer.add_text("configuration", lines)
    writer.close()


if __name__ == "__main__":
    write(RunFolder(Path(sys.argv[1])), Path(sys.argv[2]))
