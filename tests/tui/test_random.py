"""Random keys and clicks on every screen: nothing crashes. The seed is in the test's name."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any

import pytest

from dltutor import registry
from dltutor.tui.screens.chapter import ChapterPage
from dltutor.tui.screens.demo import DemoPage
from dltutor.tui.screens.exercise import exercise_page
from dltutor.tui.screens.home import Home
from dltutor.tui.screens.lesson import LessonPage
from dltutor.tui.screens.quiz import quiz
from dltutor.tui.screens.runs import Runs
from dltutor.tui.screens.settings import SettingsPage
from dltutor.tui.screens.source import Source
from dltutor.tui.screens.train import TrainForm

PRESSES = int(os.environ.get("DLTUTOR_RANDOM_KEYS", "120"))
KEYS = [
    *"abcdehijklmnoprsuvwxyzG0159/?.-+ ",
    *("up", "down", "left", "right", "enter", "escape", "tab", "shift+tab", "space", "backspace"),
    *("pageup", "pagedown", "home", "end", "delete", "shift+down", "shift+up"),
    *("ctrl+s", "ctrl+t", "ctrl+r", "ctrl+n", "ctrl+l", "ctrl+p", "f1", "f2", "f4", "f5"),
    *("中", "é"),
]

PAGES: dict[str, Any] = {
    "home": lambda _: Home(),
    "chapter": lambda _: ChapterPage(registry.find("sample")),
    "lesson": lambda _: LessonPage(registry.find("sample"), "sums"),
    "quiz": lambda app: quiz(app, registry.find("sample")),
    "exercise": lambda _: exercise_page(registry.find("sample"), "double"),
    "demo": lambda _: DemoPage(registry.find("sample"), "wave"),
    "runs": lambda _: Runs(),
    "settings": lambda _: SettingsPage(),
    "source": lambda _: Source(Path(__file__)),
}


@pytest.mark.parametrize("name", PAGES)
async def test_random_keys_and_clicks(
    start: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", "true")
    monkeypatch.setattr(TrainForm, "action_start", lambda _: None)
    chance = random.Random(f"dltutor {name}")
    pressed: list[str] = []
    async with start(page=PAGES[name]) as screen:
        for _ in range(PRESSES):
            if not screen.app.is_running or screen.app._exit:
                break
            if chance.random() < 0.15:
                wide, high = screen.app.size
                place = (chance.randrange(wide), chance.randrange(high))
                pressed.append(f"click {place}")
                await screen.pilot.click(offset=place)
            elif chance.random() < 0.02:
                size = chance.choice([(80, 24), (120, 40), (40, 12), (20, 5), (200, 60)])
                pressed.append(f"size {size}")
                await screen.pilot.resize_terminal(*size)
            else:
                key = chance.choice(KEYS)
                pressed.append(key)
                await screen.pilot.press("space" if key == " " else key)
            if len(screen.app.screen_stack) > 12:
                await screen.pilot.press("escape", "escape", "escape")
        error = screen.app._exception
    assert error is None, f"{error!r} after {pressed}"
