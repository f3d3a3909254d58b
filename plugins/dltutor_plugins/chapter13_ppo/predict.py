"""Flies test episodes with a trained policy, and records them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dltutor.errors import UsageError
from dltutor.events import Prediction
from dltutor.i18n import local
from dltutor.views import Picture
from dltutor_plugins.chapter13_ppo import record
from dltutor_plugins.chapter13_ppo.evaluate import TEST
from dltutor_plugins.chapter13_ppo.flight import ENDINGS, Flight, fly, load
from dltutor_plugins.chapter13_ppo.scene import draw

if TYPE_CHECKING:
    from dltutor.events import Trained


def predict(
    trained: Trained, inputs: Sequence[str | Path]
) -> Iterator[Prediction]:
    """A number flies that test episode; a name .gif or .cast records it.

    ``7 landing.gif`` flies episode 7 and writes it; a name alone means
    episode 0. Raises UsageError for anything else.
    """
    pilot = load(trained)
    plan = [(str(given), wanted(str(given))) for given in inputs]
    number = 0
    for given, what in plan:
        if isinstance(what, int):
            number = what
        flight = fly(pilot, number)
        if isinstance(what, Path):
            record.write(flight, what)
        yield Prediction(given, label(flight), (), last(flight))


def wanted(given: str) -> int | Path:
    """The number of an episode, or a file to write."""
    if given.isdecimal() and int(given) < len(TEST):
        return int(given)
    if Path(given).suffix in record.KINDS:
        return Path(given)
    raise UsageError(
        f"{given!r} is no test episode and no file to record to",
        f"a number from 0 to {len(TEST) - 1}, or a name such as landing.gif "
        "or landing.cast",
    )


def label(flight: Flight) -> str:
    """How it ended, the return, and the steps that it took."""
    steps, total = len(flight.moments) - 1, flight.total
    if flight.ground is None:
        return local(
            {
                "en": f"return {total:.1f} in {steps} steps",
                "zh": f"回报 {total:.1f}，{steps} 步",
            }
        )
    return local(
        {
            "en": f"{flight.ending}, return {total:.1f} in {steps} steps",
            "zh": f"{ENDINGS[flight.ending]}，回报 {total:.1f}，{steps} 步",
        }
    )


def last(flight: Flight) -> Picture | None:
    """The last moment as a picture."""
    moment = flight.moments[-1].shot
    if flight.ground is None or moment is None:
        return None
    return Picture.of(draw(flight.ground, moment))
