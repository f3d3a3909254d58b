"""``dltutor`` without a command: the screens, or the help where there is no terminal."""

from __future__ import annotations

import gc
import sys

from dltutor import i18n, settings
from dltutor.errors import UsageError


def start() -> None:
    """Opens the screens. What is wrong with the settings is said before the terminal is taken."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "the screens need a terminal", "in a pipe use a command, see: dltutor --help"
        )
    settings.load()
    i18n.current()
    # the modules of the screens are many objects that stay: collecting among them only delays
    gc.disable()
    from dltutor.tui.app import TutorApp

    gc.freeze()
    gc.enable()
    # threads that read and draw hand over to the keys sooner than after the usual 5 ms
    sys.setswitchinterval(0.001)
    app = TutorApp()
    app.run()
    if app.return_code:
        raise SystemExit(app.return_code)
