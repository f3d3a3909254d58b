"""The looks: light, dark, high contrast, and the terminal's own sixteen colours.

Drawings and texts name their inks (``muted``, ``series1``, ``keyword``); here a theme says what
each of them looks like.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from rich.style import Style
from textual.theme import Theme

from dltutor.drawing.inks import Ink, depth_of_terminal

DEFAULT = "dltutor-dark"


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one theme, as CSS or ``ansi_...`` names."""

    name: str
    title: str
    """what Settings calls it"""
    dark: bool
    background: str
    foreground: str
    surface: str
    """behind code and typed text"""
    chosen: str
    """behind the row that is chosen"""
    rule: str
    muted: str
    accent: str
    success: str
    warning: str
    error: str
    series: tuple[str, str, str, str, str, str]
    string: str
    number: str
    keyword: str
    ansi: bool = False

    def theme(self) -> Theme:
        return Theme(
            name=self.name,
            primary=self.accent,
            secondary=self.accent,
            accent=self.accent,
            success=self.success,
            warning=self.warning,
            error=self.error,
            foreground=self.foreground,
            background=self.background,
            surface=self.surface,
            panel=self.surface,
            boost=self.surface if self.ansi else None,
            dark=self.dark,
            ansi=self.ansi,
            variables={
                **(
                    {"ansi-background": "ansi_default", "ansi-foreground": "ansi_default"}
                    if self.ansi
                    else {}
                ),
                "rule": self.rule,
                "muted": self.muted,
                "chosen": self.chosen,
                "code": self.surface,
                "block-cursor-background": self.chosen,
                "block-cursor-foreground": self.foreground,
                "block-cursor-text-style": "bold",
                "input-selection-background": self.chosen,
                "scrollbar": self.rule,
                "scrollbar-hover": self.muted,
                "scrollbar-active": self.muted,
                "scrollbar-background": self.background,
                "scrollbar-background-hover": self.background,
                "scrollbar-background-active": self.background,
                "scrollbar-corner-color": self.background,
            },
        )


PALETTES: Mapping[str, Palette] = {
    p.name: p
    for p in (
        Palette(
            name="dltutor-dark",
            title="dark",
            dark=True,
            background="#14161b",
            foreground="#d9dbe1",
            surface="#1c1f26",
            chosen="#263347",
            rule="#343943",
            muted="#8d94a1",
            accent="#74b3f7",
            success="#7fc79a",
            warning="#e3b566",
            error="#f0868c",
            series=("#74b3f7", "#f0a160", "#5fcbab", "#d990d9", "#d8c463", "#a3adff"),
            string="#9ccb8f",
            number="#e0b078",
            keyword="#c9a3ec",
        ),
        Palette(
            name="dltutor-light",
            title="light",
            dark=False,
            background="#fbfbf8",
            foreground="#23262c",
            surface="#f1f1ec",
            chosen="#dbe7f6",
            rule="#d3d4cf",
            muted="#656b75",
            accent="#0a5cb8",
            success="#1d7446",
            warning="#895600",
            error="#b0241d",
            series=("#0a5cb8", "#b4520a", "#0c755b", "#963c96", "#756100", "#464ec2"),
            string="#2f6f32",
            number="#8f4d00",
            keyword="#7336a8",
        ),
        Palette(
            name="dltutor-contrast",
            title="high contrast",
            dark=True,
            background="#000000",
            foreground="#ffffff",
            surface="#000000",
            chosen="#003a8c",
            rule="#c8c8c8",
            muted="#dcdcdc",
            accent="#ffd84d",
            success="#5cff9d",
            warning="#ffb84d",
            error="#ff8f8f",
            series=("#ffd84d", "#6fd0ff", "#5cff9d", "#ff9df5", "#ffb84d", "#ffffff"),
            string="#9dff9d",
            number="#ffcf8f",
            keyword="#9fd5ff",
        ),
        Palette(
            name="dltutor-16",
            title="terminal's 16 colours",
            dark=True,
            background="ansi_default",
            foreground="ansi_default",
            surface="ansi_default",
            chosen="ansi_blue",
            rule="ansi_bright_black",
            muted="ansi_bright_black",
            accent="ansi_blue",
            success="ansi_green",
            warning="ansi_yellow",
            error="ansi_red",
            series=(
                "ansi_blue",
                "ansi_red",
                "ansi_green",
                "ansi_magenta",
                "ansi_yellow",
                "ansi_cyan",
            ),
            string="ansi_green",
            number="ansi_yellow",
            keyword="ansi_magenta",
            ansi=True,
        ),
    )
}


def chosen(setting: str) -> str:
    """The theme to begin with: the setting, else what the terminal is able to show."""
    if setting in PALETTES:
        return setting
    if depth_of_terminal() < 8:
        return "dltutor-16"
    # COLORFGBG is "foreground;background", from terminals that say what they look like
    back = os.environ.get("COLORFGBG", "").rpartition(";")[2]
    return "dltutor-light" if back in ("7", "15") else DEFAULT


def colour(name: str) -> str:
    """A palette's colour as Rich calls it."""
    return name.removeprefix("ansi_") if name.startswith("ansi_") else name


def _looks(p: Palette) -> dict[str, Style]:
    def ink(name: str, **marks: bool) -> Style:
        return Style(color=colour(name), bold=marks.get("bold"), italic=marks.get("italic"))

    looks = {
        "": Style(),
        "title": Style(bold=True),
        "strong": Style(bold=True),
        "em": Style(italic=True),
        "muted": ink(p.muted),
        "rule": ink(p.rule),
        "accent": ink(p.accent),
        "key": ink(p.accent, bold=True),
        "heading": ink(p.accent, bold=True),
        "link": Style(color=colour(p.accent), underline=True),
        "code": ink(p.string),
        "good": ink(p.success),
        "warn": ink(p.warning),
        "bad": ink(p.error),
        "keyword": ink(p.keyword),
        "string": ink(p.string),
        "number": ink(p.number),
        "comment": ink(p.muted, italic=True),
        "name": ink(p.accent),
        "on-code": Style(bgcolor=colour(p.surface)),
        "on-chosen": Style(bgcolor=colour(p.chosen)),
        "added": ink(p.success),
        "removed": ink(p.error),
    }
    if p.ansi:
        # these terminals decide themselves what blue or black is: mark the choice by reversing
        looks["on-chosen"] = Style(reverse=True)
        looks["on-code"] = Style()
        looks["muted"] = looks["rule"] = Style(dim=True)
        looks["comment"] = Style(dim=True, italic=True)
    for number, name in enumerate(p.series, 1):
        looks[f"series{number}"] = ink(name)
    return looks


@lru_cache(maxsize=8)
def looks(theme: str) -> Mapping[str, Style]:
    return _looks(PALETTES.get(theme) or PALETTES[DEFAULT])


@lru_cache(maxsize=8192)
def style_of(theme: str, ink: Ink, paper: tuple[int, int, int] | None = None) -> Style:
    """What an ink looks like; several names are parted by spaces, and unknown ones are plain."""
    if isinstance(ink, str):
        style = Style.combine([looks(theme).get(name, Style()) for name in ink.split(" ")])
    else:
        style = Style(color=f"rgb({ink[0]},{ink[1]},{ink[2]})")
    if paper is not None:
        style += Style(bgcolor=f"rgb({paper[0]},{paper[1]},{paper[2]})")
    return style
