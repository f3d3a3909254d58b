"""A flight as a file to show: a GIF, or a recording for asciinema."""

from __future__ import annotations

import json
from pathlib import Path

from PIL import Image

from dltutor import drawing
from dltutor.errors import DataError
from dltutor.views import Picture
from dltutor_plugins.chapter13_ppo.flight import Flight
from dltutor_plugins.chapter13_ppo.scene import Pixels, draw

STEPS_A_SECOND = 50
"""of the simulator"""
KINDS = (".gif", ".cast")
COLUMNS, ROWS = 72, 25


def write(flight: Flight, file: Path) -> None:
    """Writes the flight, in its own time, by the kind of file that the name tells.

    Raises DataError for a file that is there already or can not be written,
    and for a flight in another environment than the lander.
    """
    if flight.ground is None:
        raise DataError(
            f"{file}: only the lander can be drawn",
            "train with env=LunarLander-v3",
        )
    if file.exists():
        raise DataError(
            f"{file} is there already", "a flight is recorded in a new file"
        )
    try:
        if file.suffix == ".gif":
            gif(flight, file)
        else:
            file.write_text(cast(flight), encoding="utf-8")
    except OSError as error:
        raise DataError(
            f"{file} can not be written: {error.strerror}"
        ) from None


def pictures(flight: Flight, every: int, width: int) -> list[Pixels]:
    """Every so many moments, and always the last."""
    assert flight.ground is not None
    chosen = list(flight.moments[::every])
    if chosen[-1] is not flight.moments[-1]:
        chosen.append(flight.moments[-1])
    return [
        draw(flight.ground, m.shot, width)
        for m in chosen
        if m.shot is not None
    ]


def gif(flight: Flight, file: Path, width: int = 360) -> None:
    """25 pictures a second; the last stays for two seconds."""
    every = 2
    frames = [
        Image.fromarray(p).quantize(32)
        for p in pictures(flight, every, width)
    ]
    each = 1000 * every // STEPS_A_SECOND
    durations = [each] * (len(frames) - 1) + [2000]
    frames[0].save(
        file,
        save_all=True,
        append_images=frames[1:],
        duration=durations,
        loop=0,
    )


def cast(flight: Flight) -> str:
    """An asciicast of version 2: a line of JSON about it, then one a picture.

    https://docs.asciinema.org/manual/asciicast/v2/
    """
    every = 4
    head = {
        "version": 2,
        "width": COLUMNS,
        "height": ROWS,
        "title": f"LunarLander-v3, seed {flight.seed}",
        "env": {"TERM": "xterm-256color"},
    }
    lines = [json.dumps(head)]
    total = 0.0
    for n, pixels in enumerate(pictures(flight, every, COLUMNS)):
        view = Picture.of(pixels)
        text = drawing.draw(view, COLUMNS, ROWS - 1, colour=True, depth=24)
        total = sum(m.reward for m in flight.moments[: n * every])
        status = f"\x1b[0m{n * every / STEPS_A_SECOND:5.1f} s   return {total:7.1f}"
        # the cursor goes home, so that each picture covers the last
        shown = "\x1b[H" + text.replace("\n", "\r\n") + "\r\n" + status
        lines.append(
            json.dumps([round(n * every / STEPS_A_SECOND, 3), "o", shown])
        )
    end = (len(flight.moments) - 1) / STEPS_A_SECOND + 2
    lines.append(json.dumps([round(end, 3), "o", f"\r\n{flight.ending}"]))
    return "\n".join(lines) + "\n"
