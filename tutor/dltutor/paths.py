"""Where things are kept.

``DLTUTOR_HOME`` puts everything below one folder; otherwise each system's own places are
used: settings with the configuration, progress, runs and exercises with the data,
downloads with the cache.
"""

from __future__ import annotations

import os
from pathlib import Path


def _place(kind: str) -> Path:
    home = os.environ.get("DLTUTOR_HOME")
    if home:
        return Path(home).expanduser() / kind
    import platformdirs

    return Path(getattr(platformdirs, f"user_{kind}_dir")("dltutor", appauthor=False))


def settings_file() -> Path:
    return _place("config") / "settings.json"


def progress_file() -> Path:
    return _place("data") / "progress.sqlite3"


def runs_folder() -> Path:
    """The folder of run folders; ``DLTUTOR_RUNS`` moves it."""
    runs = os.environ.get("DLTUTOR_RUNS")
    return Path(runs).expanduser() if runs else _place("data") / "runs"


def exercises_folder() -> Path:
    """The learner's own copies of exercises; ``DLTUTOR_EXERCISES`` moves it."""
    folder = os.environ.get("DLTUTOR_EXERCISES")
    return Path(folder).expanduser() if folder else _place("data") / "exercises"


def cache_folder() -> Path:
    """For what can be made or fetched again, a chapter's too."""
    return _place("cache")


def downloads_folder() -> Path:
    """The data root that downloads go to."""
    return cache_folder() / "data"


def visitors_folder() -> Path:
    """The homes of those who use the screens in a browser with progress of their own."""
    return _place("data") / "visitors"
