"""Drives a routine: turns what it yields into events and checkpoints, and stops it when asked."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from typing import Any, ClassVar, SupportsFloat

import torch

from dltutor import views
from dltutor.events import Metrics, Routine, Say, Show, Step, Warn
from dltutor.runs.folder import RunFolder
from dltutor.training import checkpoint
from dltutor.training.profile import Profile
from dltutor.training.recorder import Recorder
from dltutor.training.run import Run

EVENTS_PER_SECOND = 10
SLOW_SECONDS = 1.0
"""instruments that cost something (gradient norm, memory) look once in this time"""


class Stopped(Exception):  # noqa: N818 - nothing went wrong
    """The run was asked to stop and has saved."""


class NotFinite(ArithmeticError):  # noqa: N818 - it is named by what it is
    """The loss is no number any more."""


class Engine:
    """One attempt at a run."""

    stop_asked: ClassVar[bool] = False
    """set by a signal handler"""

    def __init__(self, run: Run, folder: RunFolder, recorder: Recorder, best: str) -> None:
        self.run = run
        self.folder = folder
        self.recorder = recorder
        self.best_name = best.removeprefix("-")
        self.best_sign = -1.0 if best.startswith("-") else 1.0
        self.best_value: float | None = None
        self.profile = Profile(folder.path) if run.spec.profile else None
        self.compile_seconds: float | None = None
        self._last_event = self._last_slow = 0.0
        self._last_save = self._last_look = time.perf_counter()
        self._save_seconds = 0.0
        self._slow: dict[str, Any] = {}
        self._idle_warned = False
        self._reported: tuple[float, int] | None = None
        self._begun = (run.training_seconds(), run.at.samples)
        run.between_epochs = self._between_epochs

    def restore(self, state: Mapping[str, Any]) -> None:
        self.best_value = state["best_value"]
        self.recorder.seconds_before = state["seconds"]
        self.recorder.step, self.recorder.epoch = self.run.at.step, self.run.at.epoch
        self._begun = (self.run.training_seconds(), self.run.at.samples)

    def drive(self, routine: Routine) -> dict[str, Any]:
        """Runs the routine to its end; the values of the ``finished`` event.

        Raises Stopped or NotFinite; whatever the routine raises passes through.
        """
        try:
            while True:
                try:
                    event = next(routine)
                except StopIteration as end:
                    return self._finish(end.value or {})
                self.handle(event)
        finally:
            routine.close()

    def handle(self, event: object) -> None:
        """What is done with one thing that the routine yielded."""
        run, recorder = self.run, self.recorder
        if isinstance(event, Step):
            if run.spec.compile and self.compile_seconds is None:
                self.compile_seconds = run.training_seconds()
                run.forget_time()
                recorder.write(
                    "text", text=f"compiled and warmed up in {self.compile_seconds:.1f} s"
                )
            run.count(event.samples, event.values)
            recorder.step, recorder.epoch = run.at.step, run.at.epoch
            if self.profile is not None and self.profile.step():
                recorder.write("text", text=f"profile written: {self.profile.file}")
            self._after_step(event)
        elif isinstance(event, Metrics):
            values = self._numbers(event.values)
            recorder.write("metrics", values=values)
            self._keep_best(values)
        elif isinstance(event, Show):
            recorder.write("picture", name=event.name, view=views.to_json(event.view))
        elif isinstance(event, Warn):
            recorder.write("warning", text=event.text)
        elif isinstance(event, Say):
            recorder.write("text", text=event.text)
        else:
            raise TypeError(f"a routine may not yield {type(event).__name__}")

    def _numbers(self, values: Mapping[str, SupportsFloat]) -> dict[str, float | None]:
        numbers = {name: float(value) for name, value in values.items()}
        return {name: number if math.isfinite(number) else None for name, number in numbers.items()}

    def _after_step(self, event: Step) -> None:
        run = self.run
        if not run.whole_batch:
            return
        now = time.perf_counter()
        if run.world > 1:
            # processes must look at the same steps, or one would wait for the others for ever
            if run.at.step > 1 and run.at.batch % max(1, run.batches_in_epoch // 40):
                return
        elif (
            now - self._last_event < 1 / EVENTS_PER_SECOND
            and run.at.step > 1
            and run.at.batch != run.batches_in_epoch
        ):
            return
        self._last_event = now
        values = {n: float(run.total_mean(v, event.samples)) for n, v in event.values.items()}
        bad = [name for name, value in values.items() if not math.isfinite(value)]
        if bad:
            raise NotFinite(f"{bad[0]} is {values[bad[0]]} at step {run.at.step}")
        self._progress(values, now)
        # one decision for all processes: 0 go on, 1 save, 2 save and stop
        wish = 2 if self._asked_to_stop() else int(self._save_is_due(now))
        if run.world > 1:
            wish = int(run.fabric.broadcast(wish))
        if wish and run.can_save:
            self.save()
            if wish == 2:
                raise Stopped

    def _asked_to_stop(self) -> bool:
        return Engine.stop_asked or self.folder.stop_file.exists()

    def _save_is_due(self, now: float) -> bool:
        every = self.run.spec.save_every
        # never more than a fiftieth of the time goes into checkpoints, unless 0 asked for all
        return now - self._last_save > (max(every, 50 * self._save_seconds) if every else 0)

    def _progress(self, values: dict[str, float], now: float) -> None:
        run = self.run
        rate = learning_rate = run.learning_rate()
        if rate is not None:
            values["lr"] = float(learning_rate or 0.0)
        if now - self._last_slow > SLOW_SECONDS:
            self._last_slow = now
            norm = run.gradient_norm()
            self._slow = {"memory_bytes": memory(run.device), "time_split": run.split.shares()}
            if (share := busy(run.device)) is not None:
                self._slow["gpu_busy"] = share
            if norm is not None and math.isfinite(norm):
                values["gradient_norm"] = norm
            self._warn_of_idleness()
        steps = run.steps_total()
        seconds_before, samples_before = self._begun
        trained = run.training_seconds() - seconds_before
        samples = run.at.samples - samples_before
        # counted from the first report on: the first step of all also warms up
        self._reported = self._reported or (now, run.at.step)
        since, step = self._reported
        left = None
        if steps and run.at.step > step:
            left = round((now - since) / (run.at.step - step) * (steps - run.at.step), 1)
        self.recorder.write(
            "progress",
            values={n: float(f"{v:.6g}") for n, v in values.items()},
            steps=steps,
            epochs=run.epochs_total,
            batch=run.at.batch,
            batches=run.batches_in_epoch,
            samples_per_second=round(samples / trained, 1) if trained > 0 else None,
            seconds_left=left,
            **self._slow,
        )

    def _warn_of_idleness(self) -> None:
        shares = self.run.split.shares()
        if (
            self.run.device.type == "cuda"
            and not self._idle_warned
            and self.run.training_seconds() > 10
            and shares.get("data", 0.0) > 0.5
        ):
            self._idle_warned = True
            text = f"the GPU waits: {shares['data']:.0%} of the time goes into loading data"
            self.recorder.write("warning", text=text)

    def _keep_best(self, values: Mapping[str, float | None]) -> None:
        value = values.get(self.best_name)
        if not self.best_name or value is None:
            return
        if self.best_value is None or self.best_sign * value > self.best_sign * self.best_value:
            self.best_value = value
            self._write_best(value)

    def _write_best(self, value: float | None) -> None:
        if self.run.rank == 0:
            state = {
                "models": self.run.weights(),
                "value": value,
                "step": self.run.at.step,
                "extra": self.run.extra,
            }
            checkpoint.write(self.folder.best, state)

    def _between_epochs(self) -> None:
        now = time.perf_counter()
        wish = 2 if self._asked_to_stop() else int(self._save_is_due(now))
        if self.run.world > 1:
            wish = int(self.run.fabric.broadcast(wish))
        self.recorder.epoch = self.run.at.epoch
        if wish:
            self.save()
        if wish == 2:
            raise Stopped

    def save(self) -> None:
        """A checkpoint of this moment; the two newest are kept."""
        start = time.perf_counter()
        if self.run.rank == 0:
            state = self.run.state()
            state["engine"] = {"best_value": self.best_value, "seconds": self.recorder.seconds}
            name = f"{self.run.at.step:08d}"
            checkpoint.write(self.folder.checkpoints / (name + checkpoint.SUFFIX), state)
            checkpoint.tidy(self.folder.checkpoints)
            self.recorder.write("saved", checkpoint=name)
        self._last_save = time.perf_counter()
        self._save_seconds = self._last_save - start

    def _finish(self, metrics: Mapping[str, SupportsFloat]) -> dict[str, Any]:
        run = self.run
        if run._models and not self.folder.best.exists():
            self._write_best(None)
        values = self._numbers(metrics)
        trained = run.training_seconds()
        if trained > 0 and run.at.samples:
            values.setdefault("samples_per_second", round(run.at.samples / trained, 1))
        if self.compile_seconds is not None:
            values.setdefault("compile_seconds", round(self.compile_seconds, 2))
        checkpoint.tidy(
            self.folder.checkpoints, keep=0
        )  # a finished run needs its best weights only
        return {
            "run": self.folder.id,
            "metrics": values,
            "data": run.spec.data["label"],
            "device": str(run.device),
            "parameters": run.parameter_count(),
            "steps": run.at.step,
            "time_split": run.split.shares(),
            **({"memory_bytes": used} if (used := memory(run.device)) else {}),
        }


def busy(device: torch.device) -> float | None:
    """How much of the last moments the GPU was computing, 0 to 1; None where nobody can tell."""
    if device.type != "cuda":
        return None
    try:
        return round(torch.cuda.utilization(device) / 100, 2)
    except Exception:  # of NVML: no library, no right to ask, a device that does not say
        return None


def memory(device: torch.device) -> int | None:
    """The most GPU memory that tensors took, or the process's resident memory, in bytes."""
    if device.type == "cuda":
        return int(torch.cuda.max_memory_allocated(device))
    try:
        import psutil
    except ImportError:
        return None
    return int(psutil.Process().memory_info().rss)
