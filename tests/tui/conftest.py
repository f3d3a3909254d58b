"""The screens in a terminal of their own size, over a home and a chapter of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyte
import pytest
from textual import events
from textual.pilot import Pilot

from dltutor import i18n, paths, registry, settings
from dltutor.runs.folder import RunFolder
from dltutor.runs.spec import RunSpec
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

    def burst(self, *keys: str) -> None:
        """Keys that come all at once, as from a fast hand on a slow line."""
        for key in keys:
            self.app.post_message(events.Key(key, key if len(key) == 1 else None))

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


def record(
    chapter: str = "chapter3", steps: int = 400, ending: str = "finished", number: int = 1
) -> RunFolder:
    """A run's folder as training leaves it, with figures and times that are always the same."""
    spec = RunSpec(
        chapter=chapter, preset="standard", config={"epochs": 4, "lr": 0.003, "hidden": 128},
        data={"kind": "builtin", "root": None, "label": "8x8 digits, 1,797"},
        created="2026-01-02T03:04:05+00:00", versions={"python": "3.12.1"},
    )  # fmt: skip
    path = paths.runs_folder() / f"3-{number:04d}"
    path.mkdir(parents=True)
    run = RunFolder(path)
    run.write_spec(spec)

    def event(kind: str, step: int, **values: Any) -> dict[str, Any]:
        head = {
            "event": kind,
            "time": f"2026-01-02T03:{4 + step // 600:02d}:{step // 10 % 60:02d}.000+00:00",
        }
        return {**head, "seconds": step / 10, "step": step, "epoch": step // 100, **values}

    events = [event("started", 0, run=run.id, chapter=chapter, preset="standard", data="8x8 digits",
                    device="cpu", device_reason="no GPU", precision="32", precision_reason="")]  # fmt: skip
    for step in range(1, steps + 1):
        loss = 0.05 + 2.2 / (1 + step / (20 + number)) + 0.04 * ((step * 7919) % 13) / 13
        events.append(
            event("progress", step, values={"loss": loss, "lr": 0.003 * (1 - step / 500)}, steps=400,
                  epochs=4, batch=step % 100, batches=100, samples_per_second=18234.5,
                  seconds_left=(400 - step) / 10, memory_bytes=412_000_000,
                  time_split={"data": 0.06, "forward": 0.3, "backward": 0.5, "step": 0.14})
        )  # fmt: skip
        if step % 100 == 0:
            accuracy = 0.97 - 0.5 / (step / 50)
            events.append(
                event("metrics", step, values={"val_accuracy": accuracy, "val_loss": loss / 2})
            )
            events.append(event("saved", step, checkpoint=f"{step:08d}"))
    if ending == "finished":
        view = {
            "view": "table",
            "title": "Errors",
            "columns": ["digit", "wrong"],
            "rows": [["3", 4], ["8", 7]],
        }
        events.append(event("picture", steps, name="errors", view=view))
        last = event("finished", steps, run=run.id, metrics={"test_accuracy": 0.9531}, device="cpu")
        events.append(last)
        (path / "result.json").write_text(json.dumps(last), encoding="utf-8")
    run.events_file.write_text("".join(json.dumps(e) + "\n" for e in events), encoding="utf-8")
    run.lock_file.touch()
    return run


@pytest.fixture
def a_run() -> RunFolder:
    """A run of chapter 3 that has finished."""
    return record()


@pytest.fixture
def recorded() -> Callable[..., RunFolder]:
    """``recorded(ending="vanished", number=2)`` makes the folder of another run."""
    return record


class Served:
    """The server's process, its address and its token."""

    def __init__(self, *arguments: str, **environment: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dltutor", "serve", "--port", "0", *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
            env={**os.environ, **environment},
        )  # fmt: skip
        assert self.process.stdout is not None
        # a start that hangs must end the test, not the day
        watch = threading.Timer(60, self.process.kill)
        watch.start()
        line = self.process.stdout.readline()
        watch.cancel()
        assert "http://" in line, (line, self.process.communicate()[1])
        self.url = line[line.index("http://") :].strip()
        parts = urlsplit(self.url)
        self.base = f"http://{parts.netloc}"
        self.host = parts.netloc
        self.token = parse_qs(parts.query)["token"][0]

    def end(self, number: int) -> tuple[int, str, str]:
        """Sends a signal; the exit code and what was written."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out, err

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()


class Shown:
    """The text of a terminal that is fed with a session's bytes."""

    def __init__(self, columns: int = 80, rows: int = 24) -> None:
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)

    def feed(self, data: bytes) -> None:
        self._stream.feed(data)

    def sent(self, frame: str) -> None:
        """What the browser said: a resize makes this screen follow."""
        kind, *values = json.loads(frame)
        if kind == "resize":
            self.screen.resize(values[0]["height"], values[0]["width"])

    @property
    def text(self) -> str:
        return "\n".join(self.screen.display)

    def until(self, wanted: str, more: Callable[[], object], tries: int = 600) -> None:
        """Calls ``more`` until the text is there."""
        for _ in range(tries):
            if wanted in self.text:
                return
            more()
        raise AssertionError(f"{wanted!r} did not come:\n{self.text}")


@pytest.fixture
def serve() -> Iterator[Callable[..., Served]]:
    """``serve("--sessions", "1", DLTUTOR_LANG="zh")`` starts ``dltutor serve`` on a free port."""
    opened: list[Served] = []

    def start(*arguments: str, **environment: str) -> Served:
        opened.append(Served(*arguments, **environment))
        return opened[-1]

    yield start
    for one in opened:
        one.close()


@pytest.fixture
def shown() -> type[Shown]:
    """What a terminal in a browser shows of the bytes it gets."""
    return Shown
