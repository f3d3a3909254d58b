"""What ``dltutor doctor`` finds, with the commands that mend it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from typing import Any, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.widget import Widget

from dltutor.drawing.inks import Line, Span
from dltutor.i18n import current, t
from dltutor.text import clean, pad, width, wrap
from dltutor.tui.page import Page
from dltutor.tui.widgets.lines import Sheet

LOOKS = {"ok": ("✓", "good"), "note": ("·", "accent"), "fail": ("✗", "bad")}
PATIENCE = 120


class Doctor(Page):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5", "look", "look again"),
        Binding("space", "page", "page"),
        Binding("y", "app.copy", "copy"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.report: dict[str, Any] = {}
        self.problem = ""
        self.looking = False

    def body(self) -> Iterable[Widget]:
        yield Sheet(id="doctor")

    def on_mount(self) -> None:
        self.query_one(Sheet).focus()
        self.action_look()

    def on_resize(self) -> None:
        self.call_after_refresh(self.draw)

    def action_look(self) -> None:
        if self.looking:
            return
        self.looking = True
        self.report, self.problem = {}, ""
        self.draw()
        self.look()

    @work(thread=True, exclusive=True)
    def look(self) -> None:
        """Asks the command: it looks into torch, which does not belong into this process."""
        try:
            answer = subprocess.run(
                [sys.executable, "-m", "dltutor", "--lang", current(), "doctor", "--json"],
                capture_output=True, text=True, encoding="utf-8", timeout=PATIENCE, check=False,
                stdin=subprocess.DEVNULL,
            )  # fmt: skip
            report = json.loads(answer.stdout)
            problem = ""
        except (OSError, subprocess.TimeoutExpired, ValueError) as error:
            report, problem = {}, str(error)
        self.from_thread(self._seen, report, problem)

    def _seen(self, report: dict[str, Any], problem: str) -> None:
        self.report, self.problem, self.looking = report, problem, False
        self.draw()

    def draw(self) -> None:
        sheet = self.query_one(Sheet)
        self.head.say(t("Doctor"), self._outcome())
        sheet.show(self.rows(min(110, sheet.columns - 2)))

    def _outcome(self) -> str:
        if not self.report:
            return self.problem or t("looking")
        failing = sum(f.get("state") == "fail" for f in self.report.get("findings", ()))
        return t("{count} to mend", count=failing) if failing else t("all is well")

    def rows(self, columns: int) -> list[Line]:
        found = self.report.get("findings", [])
        names = max((width(str(f.get("check", ""))) for f in found), default=8) + 2
        lines: list[Line] = []
        group = ""
        for finding in found:
            if finding.get("group") != group:
                group = str(finding.get("group", ""))
                lines += [[], [Span(clean(group), "muted")]]
            sign, ink = LOOKS.get(str(finding.get("state")), ("?", "warn"))
            head = [Span(f" {sign} ", ink), Span(pad(clean(str(finding.get("check", ""))), names))]
            for n, row in enumerate(
                wrap(clean(str(finding.get("seen", ""))), max(16, columns - names - 3))
            ):
                lines.append(
                    [
                        *(head if n == 0 else [Span(" " * (names + 3))]),
                        Span(row, "muted" if ink == "good" else ""),
                    ]
                )
            if finding.get("mend"):
                lines.append([Span(" " * (names + 3)), Span(clean(str(finding["mend"])), "code")])
        return lines

    def action_page(self) -> None:
        self.query_one(Sheet).page(1)

    def copied(self) -> str:
        return self.query_one(Sheet).plain()
