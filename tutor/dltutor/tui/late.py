"""What a slow terminal answers after all must not be taken for keys."""

from __future__ import annotations

from collections.abc import Iterable

from textual._xterm_parser import XTermParser
from textual.message import Message

from dltutor.drawing.terminal import LATE


def leave_out_late_answers() -> None:
    """From now on Textual's reader of keys does not see the answers that were waited for in vain."""
    from textual.drivers import linux_driver

    class Parser(XTermParser):
        def feed(self, data: str) -> Iterable[Message]:
            # the empty text means the end of the input, so it must not come from leaving out
            rest = LATE.sub("", data)
            return super().feed(rest) if rest or not data else ()

    vars(linux_driver)["XTermParser"] = Parser
