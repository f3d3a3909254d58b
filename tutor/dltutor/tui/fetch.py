"""A download that a screen offers: what it brings, how far it is, and an end when it is not wanted."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from dltutor import paths
from dltutor.chapter import Dataset
from dltutor.data import roots
from dltutor.data.downloads import Progress, fetch
from dltutor.drawing.inks import Line, Span
from dltutor.errors import TutorError
from dltutor.i18n import local, t
from dltutor.runs import words
from dltutor.text import clean, shorten, wrap

TELL_SECONDS = 0.1


class Cancelled(Exception):  # noqa: N818 - nothing went wrong
    """Nobody wants it any more."""


class Fetch:
    """One data set that is not there. ``work`` is called in a thread; ``tell`` whenever it moved."""

    def __init__(self, dataset: Dataset, tell: Callable[[], object]) -> None:
        self.dataset = dataset
        self.size = sum(file.bytes for file in dataset.files)
        self.now: Progress | None = None
        self._tell = tell
        self._told = 0.0
        self._unwanted = threading.Event()

    @property
    def working(self) -> bool:
        return self.now is not None

    def work(self) -> bool:
        """Brings the set; False when it was cancelled. What had come is kept for the next time.

        Raises DataError and MissingPackagesError.
        """
        self._unwanted.clear()
        self.now = Progress("", 0, self.size)
        try:
            fetch(self.dataset, paths.downloads_folder(), self._moved)
        except Cancelled:
            return False
        finally:
            self.now = None
        return True

    def cancel(self) -> None:
        self._unwanted.set()

    def _moved(self, now: Progress) -> None:
        if self._unwanted.is_set():
            raise Cancelled
        self.now = now
        if now.note or time.monotonic() - self._told > TELL_SECONDS:
            self._told = time.monotonic()
            self._tell()

    def lines(self, columns: int) -> list[Line]:
        """The offer, or how far the download is."""
        now = self.now
        if now is None:
            text = t(
                "{title}: {size} to download, into {folder}",
                title=clean(local(self.dataset.title)),
                size=words.size(self.size),
                folder=paths.downloads_folder() / self.dataset.folder,
            )
            first, *rest = wrap(text, columns - 4)
            return [
                [Span("f ", "key"), Span(first)],
                *([Span("  "), Span(row)] for row in rest),
                [Span("  " + row, "muted") for row in wrap(self._licence(), columns - 4)[:1]],
            ]
        share = min(1.0, now.received / now.total) if now.total else 0.0
        bar = max(8, min(40, columns - 36))
        filled = round(share * bar)
        figures = f" {share:4.0%}  {words.size(now.received)} / {words.size(now.total)}"
        below = clean(now.note) or now.file
        return [
            [Span("━" * filled, "accent"), Span("─" * (bar - filled), "rule"), Span(figures)],
            [Span(shorten(below, columns), "muted")],
            [Span("f ", "key"), Span(t("cancels it; what has come is kept"), "muted")],
        ]

    def _licence(self) -> str:
        return t("licence: {licence}", licence=clean(self.dataset.licence))


def offered(dataset: Dataset | None, tell: Callable[[], object]) -> Fetch | None:
    """The download of a set that has one and is nowhere on this machine."""
    if dataset is None or not dataset.files:
        return None
    try:
        return None if roots.find(dataset) is not None else Fetch(dataset, tell)
    except TutorError:  # a data root that somebody named is not there: that is said elsewhere
        return None
