"""Runs in a few words, for rows and heads."""

from __future__ import annotations

import json
from typing import Any

from dltutor.drawing.inks import Ink
from dltutor.errors import TutorError
from dltutor.i18n import t
from dltutor.runs import words
from dltutor.runs.folder import RunFolder

STATES: dict[str, tuple[str, Ink]] = {
    "waiting": ("◌", "muted"),
    "running": ("▸", "accent"),
    "paused": ("‖", "warn"),
    "finished": ("✓", "good"),
    "stopped": ("■", "warn"),
    "failed": ("✗", "bad"),
    "vanished": ("?", "bad"),
}


def state_word(state: str) -> str:
    found = {
        "waiting": t("waiting"),
        "running": t("running"),
        "paused": t("paused"),
        "finished": t("finished"),
        "stopped": t("stopped"),
        "failed": t("failed"),
        "vanished": t("vanished"),
    }
    return found.get(state, state)


def last_event(
    run: RunFolder, kinds: tuple[str, ...] = (), tail: int = 65536
) -> dict[str, Any] | None:
    """The newest event of one of the kinds, from the end of the file: never the whole of it."""
    try:
        with run.events_file.open("rb") as handle:
            size = handle.seek(0, 2)
            handle.seek(max(0, size - tail))
            lines = handle.read().split(b"\n")
    except OSError:
        return None
    for line in reversed(lines):
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict) and (not kinds or event.get("event") in kinds):
            return event
    return None


def brief(run: RunFolder) -> str:
    """``chapter3  epoch 3/6  step 512/1,204  loss 0.0341``."""
    try:
        chapter = run.spec.chapter
    except TutorError as error:
        return error.message
    event = last_event(run, ("progress",))
    if event is None:
        return f"{chapter}  {t('starting')}"
    found = words.values(dict(list(event.get("values", {}).items())[:1]))
    return f"{chapter}  {words.place(event)}  {found}"
