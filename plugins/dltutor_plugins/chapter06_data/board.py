"""The run as TensorBoard files: scalars, pictures and the model's graph."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.utils.tensorboard import SummaryWriter

if TYPE_CHECKING:
    from dltutor.training.run import Run

EVERY = 10
"""steps between two points of the loss: reading it waits for the device"""


class Board:
    """Writes into ``tensorboard`` below the run's folder.

    Of several processes the first one writes. A resumed run goes on in
    the same folder: what had been written after its checkpoint is purged.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self.writer = None
        if run.rank == 0:
            self.writer = SummaryWriter(
                str(run.folder / "tensorboard"),
                purge_step=run.at.step,
                flush_secs=2,
            )

    def graph(self, model: nn.Module, example: Tensor) -> None:
        """How data flow through ``model``: one forward pass, recorded."""
        if self.writer is not None and self.run.at.step == 0:
            with warnings.catch_warnings():
                # the recorder is torch.jit.trace, which torch calls old
                warnings.simplefilter("ignore")
                self.writer.add_graph(model.eval(), example)

    def step(self, loss: Tensor) -> None:
        """The loss and the learning rate, at every tenth step."""
        step = self.run.at.step  # the number of this step, from 0
        if self.writer is not None and step % EVERY == 0:
            rate = self.run.learning_rate() or 0.0
            self.writer.add_scalar("step/loss", loss.item(), step)
            self.writer.add_scalar("step/learning_rate", rate, step)

    def epoch(self, **values: float) -> None:
        """Means over an epoch, under its last step."""
        if self.writer is not None:
            last = self.run.at.step - 1
            for name, value in values.items():
                self.writer.add_scalar(f"epoch/{name}", value, last)
            self.writer.flush()

    def picture(self, name: str, sheet: Tensor) -> None:
        """A grey picture, (H, W) uint8."""
        if self.writer is not None:
            last = max(0, self.run.at.step - 1)
            image = sheet.cpu().to(torch.uint8)
            self.writer.add_image(name, image, last, dataformats="HW")

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()
