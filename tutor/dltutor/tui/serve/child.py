"""The process behind one browser: the screens, drawn into a pipe."""

from __future__ import annotations

import asyncio
import gc
import os
import sys

from textual import messages
from textual.drivers.web_driver import WebDriver

from dltutor import i18n, settings


class Driver(WebDriver):
    """Textual's driver for browsers, which ends the app when its server is gone."""

    def start_application_mode(self) -> None:
        self._loop = asyncio.get_running_loop()
        super().start_application_mode()

    def write(self, data: str) -> None:
        try:
            super().write(data)
        except BrokenPipeError:
            self.exit_event.set()

    def write_meta(self, data: dict[str, object]) -> None:
        try:
            super().write_meta(data)
        except BrokenPipeError:
            self.exit_event.set()

    def run_input_thread(self) -> None:
        super().run_input_thread()
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._app.post_message, messages.ExitApp())


def main() -> None:
    os.environ.pop("TEXTUAL_DRIVER", None)
    gc.disable()
    from dltutor.errors import TutorError
    from dltutor.tui.app import TutorApp

    gc.freeze()
    gc.enable()
    sys.setswitchinterval(0.001)
    try:
        settings.load()
        i18n.current()
        app = TutorApp()
        app.driver_class = Driver
        app.run()
    except TutorError as error:
        print(f"dltutor: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    sys.exit(app.return_code or 0)


if __name__ == "__main__":
    main()
