"""``dltutor`` without a command: the screens, or the help where there is no terminal."""

from __future__ import annotations

import gc
import os
import sys

from dltutor import i18n, settings
from dltutor.drawing import terminal
from dltutor.errors import UsageError


def start() -> None:
    """Opens the screens. What is wrong with the settings is said before the terminal is taken."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "the screens need a terminal", "in a pipe use a command, see: dltutor --help"
        )
    wished = settings.load()
    i18n.current()
    # now, since afterwards the answer would be read as keys
    found = terminal.find(wished.pictures)
    if found.protocol == "kitty":
        # the colour of its cells is the number of a picture: it must not be rounded
        os.environ["TEXTUAL_COLOR_SYSTEM"] = "truecolor"
    # the modules of the screens are many objects that stay: collecting among them only delays
    gc.disable()
    from dltutor.tui.app import TutorApp

    gc.freeze()
    gc.enable()
    # threads that read and draw hand over to the keys sooner than after the usual 5 ms
    sys.setswitchinterval(0.001)
    if found.late:
        from dltutor.tui.late import leave_out_late_answers

        leave_out_late_answers()
    if not sys.stderr.isatty():
        # Textual draws on standard error; here that leads elsewhere: dltutor 2> messages
        sys.__stderr__ = sys.__stdout__  # type: ignore[misc]
    app = TutorApp()
    app.terminal = found
    app.run()
    if app.return_code:
        raise SystemExit(app.return_code)
