"""``dltutor`` without a command: the screens, or the help where there is no terminal."""

from __future__ import annotations

import sys

from dltutor.errors import UsageError


def start() -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("the screens need a terminal", "in a pipe use a command, see: dltutor --help")
    from dltutor.tui.app import TutorApp

    TutorApp().run()
