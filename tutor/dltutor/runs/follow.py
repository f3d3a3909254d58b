"""What the events of a run amount to: curves, latest values, progress, how it ended."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from dltutor.runs import launch
from dltutor.runs.folder import RunFolder
from dltutor.views import Chart, Series

MAX_POINTS = 4096
"""a curve keeps at most this many points; every second one goes when there are more"""
BLOCK = 1 << 20
"""bytes of events read at once"""
LONG = 4 << 20
"""bytes of events from which on not every progress event is read"""


@dataclass(slots=True)
class Curve:
    """One value over the steps."""

    steps: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    keep_every: int = 1
    _seen: int = 0

    def add(self, step: int, value: float) -> None:
        if self._seen % self.keep_every == 0:
            if self.steps and self.steps[-1] == step:
                self.values[-1] = value
                return
            self.steps.append(step)
            self.values.append(value)
            if len(self.steps) > MAX_POINTS:
                self.steps, self.values = self.steps[::2], self.values[::2]
                self.keep_every *= 2
        self._seen += 1

    def cut(self, step: int) -> None:
        """Forgets what came after ``step``: the run went back there."""
        while self.steps and self.steps[-1] > step:
            self.steps.pop()
            self.values.pop()


@dataclass(slots=True)
class Summary:
    """Grows with each event given to :meth:`add`; holds plain values only."""

    run_id: str = ""
    started: dict[str, Any] = field(default_factory=dict)
    step: int = 0
    steps: int = 0
    epoch: int = 0
    epochs: int = 0
    seconds: float = 0.0
    seconds_left: float | None = None
    samples_per_second: float | None = None
    memory_bytes: int | None = None
    gpu_busy: float | None = None
    time_split: dict[str, float] = field(default_factory=dict)
    """shares of a step's time"""
    curves: dict[str, Curve] = field(default_factory=dict)
    """every value of progress events and every metric, by name"""
    latest: dict[str, float] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)
    """the newest measured metrics"""
    pictures: dict[str, dict[str, Any]] = field(default_factory=dict)
    """the newest view of each name, as JSON"""
    log: list[dict[str, Any]] = field(default_factory=list)
    """events that are worth a line, the newest 500"""
    ended: dict[str, Any] | None = None

    def add(self, event: dict[str, Any]) -> None:
        kind = event["event"]
        self.step = int(event.get("step", self.step) or 0)
        self.epoch = int(event.get("epoch", self.epoch) or 0)
        self.seconds = float(event.get("seconds", self.seconds) or 0.0)
        if kind == "started":
            self.started, self.run_id, self.ended = event, str(event.get("run", "")), None
        elif kind == "resumed":
            self.ended = None
            for curve in self.curves.values():
                curve.cut(self.step)
        elif kind == "progress":
            self.steps = int(event.get("steps") or 0)
            self.epochs = int(event.get("epochs") or 0)
            self.seconds_left = event.get("seconds_left")
            self.samples_per_second = event.get("samples_per_second")
            self.memory_bytes = event.get("memory_bytes")
            self.gpu_busy = event.get("gpu_busy")
            self.time_split = event.get("time_split") or {}
            self._values(event.get("values", {}))
        elif kind == "metrics":
            self._values(event.get("values", {}))
            self.metrics.update({k: v for k, v in event.get("values", {}).items() if v is not None})
        elif kind == "picture":
            self.pictures[str(event.get("name", ""))] = event.get("view", {})
        if kind in ("finished", "stopped", "failed"):
            self.ended, self.seconds_left = event, None
        if kind not in ("progress", "picture"):
            self.log.append(event)
            del self.log[:-500]

    def _values(self, values: dict[str, Any]) -> None:
        for name, value in values.items():
            if value is not None:
                self.latest[name] = float(value)
                self.curves.setdefault(name, Curve()).add(self.step, float(value))


def chart(
    summaries: Sequence[Summary],
    names: Sequence[str],
    *,
    log_y: bool = False,
    smooth: float = 0.0,
    title: str = "",
) -> Chart:
    """The named curves of the runs over one another, against the step.

    ``smooth`` from 0 to below 1 is how much of the running mean stays at each point.
    """
    many = len(summaries) > 1
    series = [
        Series(
            f"{s.run_id} {n}" if many else n,
            smoothed(s.curves[n].values, smooth),
            [float(x) for x in s.curves[n].steps],
        )
        for s in summaries
        for n in names
        if n in s.curves
    ]
    return Chart(series=series, title=title, x_label="step", log_y=log_y)


def smoothed(values: Sequence[float], weight: float) -> list[float]:
    """An exponential running mean, corrected for its start."""
    if weight == 0:
        return list(values)
    result, mean, norm = [], 0.0, 0.0
    for value in values:
        mean, norm = weight * mean + (1 - weight) * value, weight * norm + (1 - weight)
        result.append(mean / norm)
    return result


def thinning(size: int) -> int:
    """Of how many progress events one is read, for the curves to have their points: 1 is all."""
    # an event has about 400 bytes
    return 1 if size < LONG else max(1, size // (400 * 2 * MAX_POINTS))


def summarise(run: RunFolder) -> Summary:
    """The whole run so far; of a long one not every progress event is read."""
    summary, place, every = Summary(run_id=run.id), 0, thinning(length(run))
    while True:
        events, following = run.events(place, BLOCK, every)
        if following == place:
            return summary
        for event in events:
            summary.add(event)
        place = following


def sketch(run: RunFolder, places: int = 200) -> Summary:
    """The course of a long run from places spread over its file, and how it stands: in milliseconds."""
    summary, size, window = Summary(run_id=run.id), length(run), 4096
    # what begins in the middle of a line is no JSON and passed over
    looks = [(size * n // places, window, window) for n in range(places)]
    looks.append((max(0, size - 16 * window), 16 * window, 1))
    for after, limit, every in looks:
        for event in run.events(after, limit, every)[0]:
            step = int(event.get("step", 0) or 0)
            if step < summary.step:  # read twice, or the run went on from a checkpoint
                for curve in summary.curves.values():
                    curve.cut(step)
            summary.add(event)
    return summary


def length(run: RunFolder) -> int:
    """Bytes of events so far."""
    try:
        return run.events_file.stat().st_size
    except OSError:
        return 0


def follow(
    run: RunFolder, *, after: int = 0, pause: float = 0.05
) -> Iterator[dict[str, Any] | None]:
    """The run's events from byte ``after`` on as they come, until it ends; None when nothing is new.

    Ends without a last word when the process vanished.
    """
    place = after
    while True:
        living = launch.alive(run)
        events, place = run.events(place, BLOCK)
        yield from events
        if not living and not events:
            return
        if not events:
            yield None
            time.sleep(pause)


def to_end(run: RunFolder) -> list[dict[str, Any]]:
    """All of the run's events, waiting until it ends."""
    return [event for event in follow(run) if event is not None]
