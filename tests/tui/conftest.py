"""The screens in a terminal of their own size, over a home and a chapter of their own."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from dltutor import i18n, registry, settings
from dltutor.tui.app import TutorApp

SAMPLE = Path(__file__).parent / "sample"
Start = Callable[..., AbstractAsyncContextManager["Driver"]]


@pytest.fixture(autouse=True)
def world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A home of its own, the sample chapter on the path of this process and of its children."""
    monkeypatch.setenv("DLTUTOR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv(
        "PYTHONPATH", os.pathsep.join([str(SAMPLE), os.environ.get("PYTHONPATH", "")])
    )
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("COLORTERM", "truecolor")
    for name in ("DLTUTOR_LANG", "NO_COLOR", "DLTUTOR_RUNS", "DLTUTOR_EXERCISES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.syspath_prepend(str(SAMPLE))
    registry.entries.cache_clear()
    i18n.use("en")
    settings.save(welcomed=True)
    yield
    registry.entries.cache_clear()
    i18n.use("")


class Driver:
    """Presses keys and reads the screen as text."""

    def __init__(self, app: TutorApp, pilot: Pilot[Any]) -> None:
        self.app, self.pilot = app, pilot

    @property
    def text(self) -> str:
        """What is on the screen."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)

    @property
    def keys(self) -> str:
        """The bottom line."""
        return self.text.split("\n")[-1]

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)
        await self.pilot.pause()

    async def type(self, text: str) -> None:
        await self.press(*("space" if c == " " else c for c in text))

    async def until(self, wanted: str | Callable[[], bool], seconds: float = 30.0) -> None:
        """Waits for a text on the screen, or for something to become true."""
        import time

        deadline = time.monotonic() + seconds
        while not (wanted() if callable(wanted) else wanted in self.text):
            if time.monotonic() > deadline:
                raise AssertionError(f"{wanted!r} did not come:\n{self.text}")
            await self.pilot.pause(0.02)

    async def click(self, text: str) -> None:
        """Clicks on the first place where ``text`` stands."""
        from dltutor.text import width

        for y, line in enumerate(self.text.split("\n")):
            if text in line:
                x = width(line[: line.index(text)])
                await self.pilot.click(offset=(x + width(text) // 2, y))
                await self.pilot.pause()
                return
        raise AssertionError(f"{text!r} is not on the screen:\n{self.text}")


@pytest.fixture
def start() -> Start:
    """``async with start(size=(80, 24), lang="zh") as screen:``"""

    @asynccontextmanager
    async def run(
        size: tuple[int, int] = (80, 24), lang: str = "en", page: Any = None
    ) -> AsyncIterator[Driver]:
        i18n.use(lang)
        app = TutorApp(page)
        async with app.run_test(size=size, notifications=True) as pilot:
            driver = Driver(app, pilot)
            await driver.pilot.pause()
            yield driver

    return run
