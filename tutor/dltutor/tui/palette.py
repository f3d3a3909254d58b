"""Textual's command palette, kept from failing when keys and clicks come faster than it works."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Literal, Self

from textual import events, work
from textual.app import ComposeResult
from textual.command import CommandList, CommandPalette
from textual.css.query import NoMatches
from textual.widgets.option_list import Option

from dltutor.i18n import t
from dltutor.tui.page import Steady


class Commands(CommandList):
    """The list of what was found: it changes while one clicks, and may not be laid out yet."""

    async def _on_click(self, event: events.Click) -> None:
        event.prevent_default()  # Textual's own, which would come next
        option = event.style.meta.get("option")
        if option is not None and option < self.option_count:
            await super()._on_click(event)

    def add_option(self, option: Any = None) -> Self:
        if isinstance(option, Option) and option.id == CommandPalette._NO_MATCHES:
            option = Option(t("Nothing is called that."), id=option.id, disabled=True)
        return super().add_option(option)

    def _move_page(self, direction: Literal[-1, 1]) -> None:
        with suppress(IndexError, KeyError):
            super()._move_page(direction)


class Palette(Steady, CommandPalette):
    """Every command, chapter and theme by its name."""

    def __init__(self) -> None:
        super().__init__(placeholder=t("search for a command"))

    def compose(self) -> ComposeResult:
        for widget in super().compose():
            yield Commands() if isinstance(widget, CommandList) else widget

    @work(exclusive=True, group=CommandPalette._GATHER_COMMANDS_GROUP)
    async def _gather_commands(self, search_value: str) -> None:
        with suppress(NoMatches):  # it was closed before the search began
            await CommandPalette._gather_commands.__wrapped__(self, search_value)  # type: ignore[attr-defined]
