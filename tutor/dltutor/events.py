"""What a training routine yields, and what a prediction is.

A routine yields :class:`Step` after every optimiser step, :class:`Metrics` when it has
measured something, and :class:`Show`, :class:`Say` and :class:`Warn` when it has something to
show or tell. The engine decides how often a Step becomes an event on disk; see
``docs/events.md`` for the JSON lines that others read.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, SupportsFloat

if TYPE_CHECKING:
    from dltutor.views import View


class Step:
    """One step of the optimiser: ``Step(samples=len(x), loss=loss)``.

    ``samples`` is how many samples this process used. The values are scalars or scalar
    tensors, which stay on the device until they are needed: a Step never waits for it.
    """

    __slots__ = ("samples", "values")

    def __init__(self, samples: int = 0, **values: SupportsFloat) -> None:
        self.samples = samples
        self.values = values


class Metrics:
    """Figures measured over a whole set: ``Metrics(val_loss=..., val_accuracy=...)``."""

    __slots__ = ("values",)

    def __init__(self, **values: SupportsFloat) -> None:
        self.values = values


@dataclass(frozen=True, slots=True)
class Show:
    """A chart, picture or table that belongs to this moment of the run."""

    name: str
    view: View


@dataclass(frozen=True, slots=True)
class Say:
    """A line of text for the log."""

    text: str


@dataclass(frozen=True, slots=True)
class Warn:
    """Something that the reader of the log should not miss."""

    text: str


Event = Step | Metrics | Show | Say | Warn
Routine = Generator[Event, None, Mapping[str, SupportsFloat]]
"""The type of ``train(config, run)``: yields events, returns the final metrics."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a trained model says of one input."""

    input: str
    label: str
    probabilities: tuple[tuple[str, float], ...] = ()
    """the labels with their probabilities, best first"""
    view: View | None = None


class Trained(Protocol):
    """A finished or stopped run, as ``predict`` and demos see it."""

    @property
    def config(self) -> Any: ...

    @property
    def device(self) -> Any:
        """the torch device to compute on"""

    @property
    def data(self) -> Mapping[str, Any]:
        """what it was trained on: ``kind``, ``root``, ``label``"""

    def load(self, model: Any, name: str = "model0") -> Any:
        """Loads the run's best weights into ``model``, moves it to the device, sets evaluation mode.

        ``name`` is which: the first model of ``run.setup``, or one of ``run.register``.
        """

    def extra(self) -> dict[str, Any]:
        """What the routine kept beside the weights with ``run.keep``."""


class Context(Protocol):
    """What a demo may ask of its host; its first argument, if that has no default."""

    @property
    def lang(self) -> str: ...

    @property
    def trained(self) -> Trained | None:
        """the newest run, or the one that was asked for; None where there is none yet"""

    @property
    def state(self) -> dict[str, Any]:
        """the demo's own, kept from call to call while somebody has it open"""

    @property
    def keys(self) -> tuple[str, ...]:
        """names of the keys that were pressed since the last call, of a demo with a rate"""

    @property
    def tick(self) -> bool:
        """whether it is played, so that time has passed since the last call"""
