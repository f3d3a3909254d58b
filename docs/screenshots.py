"""Makes the pictures of the README, ``docs/home.svg`` and ``docs/train.svg``, from the app itself.

    python docs/screenshots.py

Works in a temporary home: it trains chapter 3 on the built-in data first, so it needs
``dltutor[train]`` and about a minute.
"""

from __future__ import annotations

import asyncio
import html
import os
import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
_TEXT = re.compile(r'(<text [^>]*?)textLength="([\d.]+)"([^>]*>)([^<]*)</text>')


def widened(svg: str) -> str:
    """The SVG with the lengths of Chinese texts put right: they are exported too short."""
    from dltutor.text import width

    def mend(found: re.Match[str]) -> str:
        text = html.unescape(found[4])
        length = float(found[2]) / len(text) * width(text) if text else 0.0
        return f'{found[1]}textLength="{length:g}"{found[3]}{found[4]}</text>'

    return _TEXT.sub(mend, svg)


async def screenshot(
    path: Path,
    page: Callable[[Any], Any],
    *,
    size: tuple[int, int] = (80, 24),
    theme: str = "dltutor-dark",
    until: str = "",
    keys: tuple[str, ...] = (),
) -> None:
    """Writes what a page shows as SVG, once ``until`` stands on it and the keys were pressed."""
    from dltutor.tui.app import TutorApp

    app = TutorApp(page)
    app.theme = theme
    async with app.run_test(size=size) as pilot:
        deadline = time.monotonic() + 120
        svg = ""
        while time.monotonic() < deadline:
            await pilot.pause(0.2)
            svg = app.export_screenshot()
            if until in html.unescape(svg).replace("\xa0", " "):
                break
        for key in keys:
            await pilot.press(key)
            await pilot.pause(0.3)
        path.write_text(widened(app.export_screenshot()), encoding="utf-8")


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        os.environ["DLTUTOR_HOME"] = home
        os.environ.setdefault("COLORTERM", "truecolor")
        os.environ.pop("NO_COLOR", None)
        from dltutor import content, registry
        from dltutor.learning.progress import Progress
        from dltutor.learning.questions import questions
        from dltutor.runs import launch
        from dltutor.runs.follow import follow
        from dltutor.tui.screens.home import Home
        from dltutor.tui.screens.run import RunPage

        chapter = registry.find("chapter3")
        with Progress.open() as progress:
            lessons = content.lessons(chapter, "en")
            for lesson in lessons[:3]:
                progress.read_lesson(chapter.id, lesson.slug)
            progress.set_position(chapter.id, lessons[3].slug, 0.2)
            for question in questions(chapter)[:9]:
                progress.answer(question.id, right=True)
            progress.exercise_result("chapter3/one-hot", passed=True)
        run = launch.start(chapter, launch.plan(chapter, preset="full", data="builtin"))
        for _ in follow(run):
            pass
        asyncio.run(screenshot(HERE / "home.svg", lambda _: Home(), until="9/"))
        asyncio.run(
            screenshot(
                HERE / "train.svg", lambda _: RunPage(run), until="finished in", size=(100, 30)
            )
        )


if __name__ == "__main__":
    main()
