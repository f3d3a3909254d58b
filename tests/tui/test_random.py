"""Random keys, clicks and sizes on every screen: nothing crashes, and the terminal is restored.

``DLTUTOR_RANDOM_KEYS=10000`` presses so many on each screen; the seed is the screen's name.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.command import CommandPalette
from textual.keys import _character_to_key

from dltutor import registry
from dltutor.runs import launch
from dltutor.tui.page import Page
from dltutor.tui.screens.chapter import ChapterPage
from dltutor.tui.screens.demo import DemoPage
from dltutor.tui.screens.doctor import Doctor
from dltutor.tui.screens.exercise import exercise_page
from dltutor.tui.screens.home import Home
from dltutor.tui.screens.lesson import LessonPage
from dltutor.tui.screens.plugins import Plugins
from dltutor.tui.screens.quiz import quiz
from dltutor.tui.screens.run import RunPage
from dltutor.tui.screens.runs import Runs
from dltutor.tui.screens.settings import SettingsPage
from dltutor.tui.screens.source import Source
from dltutor.tui.screens.train import TrainForm
from dltutor.tui.screens.welcome import Welcome

PRESSES = int(os.environ.get("DLTUTOR_RANDOM_KEYS", "120"))
AWAY = 40
"""so many keys on other screens, then back"""
KEYS = [
    *"abcdefghijklmnoprsuvwxyzG0159/?.-+ ",
    *("up", "down", "left", "right", "enter", "escape", "tab", "shift+tab", "space", "backspace"),
    *("pageup", "pagedown", "home", "end", "delete", "shift+down", "shift+up"),
    *("ctrl+s", "ctrl+t", "ctrl+r", "ctrl+n", "ctrl+l", "ctrl+p", "f1", "f2", "f4", "f5"),
    *("中", "é"),
]
SIZES = [(80, 24), (120, 40), (40, 12), (20, 5), (200, 60)]

PAGES: dict[str, Callable[[Any], Page]] = {
    "home": lambda _: Home(),
    "welcome": lambda _: Welcome(),
    "chapter": lambda _: ChapterPage(registry.find("sample")),
    "lesson": lambda _: LessonPage(registry.find("sample"), "sums"),
    "quiz": lambda app: quiz(app, registry.find("sample")),
    "exercise": lambda _: exercise_page(registry.find("sample"), "double"),
    "demo": lambda _: DemoPage(registry.find("sample"), "wave"),
    "train": lambda _: TrainForm(registry.find("chapter3")),
    "run": lambda _: RunPage(launch.folder.find_run("last")),
    "runs": lambda _: Runs(),
    "plugins": lambda _: Plugins(),
    "doctor": lambda _: Doctor(),
    "settings": lambda _: SettingsPage(),
    "source": lambda _: Source(Path(__file__)),
}


@pytest.fixture(autouse=True)
def harmless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys that would train for minutes, fetch from the network or open an editor find nothing to do it."""
    monkeypatch.setenv("EDITOR", "true")
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    def none_left(*_: object, **__: object) -> None:
        raise OSError("no process can be started")

    monkeypatch.setattr(launch, "spawn", none_left)


async def type_ahead(app: Any, key: str) -> None:
    """A key as the terminal's reader sends it: nobody waits until the last one has been worked on."""
    name = _character_to_key(key) if len(key) == 1 else key
    character = key if len(key) == 1 else " " if key == "space" else None
    app.post_message(events.Key(name, character))
    await asyncio.sleep(0.001)


async def click(app: Any, x: int, y: int) -> None:
    """A click as the terminal's reader sends it; the app makes a Click of the two."""
    for kind in (events.MouseMove, events.MouseDown, events.MouseUp):
        button = 0 if kind is events.MouseMove else 1
        app.post_message(kind(None, x, y, 0, 0, button, False, False, False, x, y))
    await asyncio.sleep(0.001)


async def back_to(screen: Any, page: Callable[[Any], Page]) -> None:
    """The screen anew, on top of nothing else."""
    while isinstance(screen.app.screen, CommandPalette):  # which ends its search when it closes
        await screen.pilot.press("escape")
    await screen.pilot.pause()
    while len(screen.app.screen_stack) > 1:
        await screen.app.pop_screen()
    await screen.app.push_screen(page(screen.app))


@pytest.mark.parametrize("name", PAGES)
async def test_random_keys_and_clicks(start: Any, name: str, a_run: Any) -> None:
    chance = random.Random(f"dltutor {name}")
    pressed: list[str] = []
    error: BaseException | None = None
    while len(pressed) < PRESSES and error is None:
        async with start(page=PAGES[name]) as screen:
            registry.entries.cache_clear()
            kind, away = type(screen.app.screen), 0
            while len(pressed) < PRESSES and screen.app.is_running and not screen.app._exit:
                if chance.random() < 0.15:
                    wide, high = screen.app.size
                    place = (chance.randrange(wide), chance.randrange(high))
                    pressed.append(f"click {place}")
                    await click(screen.app, *place)
                elif chance.random() < 0.02:
                    size = chance.choice(SIZES)
                    pressed.append(f"size {size}")
                    await screen.pilot.resize_terminal(*size)
                else:
                    key = chance.choice(KEYS)
                    pressed.append(key)
                    await type_ahead(screen.app, key)
                    if chance.random() < 0.05:
                        await screen.pilot.pause()
                away = 0 if isinstance(screen.app.screen, kind) else away + 1
                if screen.app.is_running and (away > AWAY or len(screen.app.screen_stack) > 12):
                    pressed.append("back")
                    await back_to(screen, PAGES[name])
            error = screen.app._exception
        # what was switched off or removed on the way is there again
        Path(os.environ["DLTUTOR_HOME"], "config/settings.json").write_text('{"welcomed": true}')
        registry.entries.cache_clear()
    assert error is None, f"{error!r} after {pressed[-200:]}"


def test_the_terminal_is_restored_after_random_keys(terminal: Any, home: Path) -> None:
    """Keys and mouse codes as a terminal sends them, some of them torn; then the program is left."""
    (home / "config").mkdir(parents=True, exist_ok=True)
    (home / "config/settings.json").write_text('{"welcomed": true}', encoding="utf-8")
    chance = random.Random("dltutor terminal")
    sent = [
        *"abceghijklmnoprsuvwxyz0159/?.-+ ", "中", "\t", "\x7f", "\r", "\x1b[A", "\x1b[B",
        "\x1b[C", "\x1b[D", "\x1b[5~", "\x1b[6~", "\x1b[H", "\x1b[F", "\x1bOP", "\x1b[",
        "\x1b[<0;{x};{y}M", "\x1b[<0;{x};{y}m", "\x1b[<64;{x};{y}M", "\x1b[<35;{x};{y}M",
    ]  # fmt: skip
    screen = terminal()
    screen.wait("MNIST", 60)
    for number in range(max(200, PRESSES // 20)):
        key = chance.choice(sent).format(x=chance.randint(1, 80), y=chance.randint(1, 24))
        screen.send(key)
        if number % 10 == 9:
            screen._read(0.05)
        if number % 50 == 49:  # whatever is open is closed, and no text is left in a field
            screen.send("\x1b")
            screen._read(0.3)
    screen.send("\x1b")
    screen._read(0.3)
    screen.send("\x11")
    assert screen.finish(60) == 0, screen.text
    assert b"Traceback" not in screen.raw
    for mode in (b"\x1b[?1049", b"\x1b[?1000", b"\x1b[?1003", b"\x1b[?2004"):
        assert screen.raw.rfind(mode + b"l") > screen.raw.rfind(mode + b"h"), mode
    assert screen.raw.rfind(b"\x1b[?25h") > screen.raw.rfind(b"\x1b[?25l")
