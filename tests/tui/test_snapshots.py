"""What every screen looks like: at three sizes, dark and light, English and Chinese.

Kept in ``snapshots/``: for each screen and language a text file (cells, and the styles of the
dark and the light theme), and for some of them the picture, as SVG. After an intended change

    DLTUTOR_RENEW_SNAPSHOTS=1 pytest -n 0 tests/tui/test_snapshots.py

writes them anew; look at the difference before keeping it.
"""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input, TextArea

from dltutor import registry, settings
from dltutor.i18n import t
from dltutor.learning.progress import Progress
from dltutor.learning.questions import questions, solution
from dltutor.learning.session import Session
from dltutor.runs import launch
from dltutor.runs.lock import FileLock
from dltutor.text import width
from dltutor.tui.page import Page
from dltutor.tui.palette import Palette
from dltutor.tui.screens import doctor
from dltutor.tui.screens.chapter import ChapterPage
from dltutor.tui.screens.demo import DemoPage
from dltutor.tui.screens.doctor import Doctor
from dltutor.tui.screens.exercise import exercise_page
from dltutor.tui.screens.home import Home
from dltutor.tui.screens.lesson import LessonPage
from dltutor.tui.screens.plugins import Plugins
from dltutor.tui.screens.quiz import QuizPage
from dltutor.tui.screens.run import RunPage
from dltutor.tui.screens.runs import Runs
from dltutor.tui.screens.search import Search
from dltutor.tui.screens.settings import SettingsPage
from dltutor.tui.screens.source import Source
from dltutor.tui.screens.train import TrainForm
from dltutor.tui.screens.welcome import Welcome

FOLDER = Path(__file__).parent / "snapshots"
RENEW = "DLTUTOR_RENEW_SNAPSHOTS" in os.environ
SIZES = [(80, 24), (120, 40), (200, 60)]
THEMES = ["dltutor-dark", "dltutor-light"]
LANGUAGES = ["en", "zh"]
PICTURES = {("en", "dltutor-dark", (80, 24)), ("zh", "dltutor-light", (80, 24))}
"""as SVG: these of every screen"""
LARGE = ("lesson", "run")
"""as SVG also at 200 x 60"""
DRAWN_BY = {"textual": "8.2", "plotext": "5.3"}
"""the versions that drew the pictures: others may draw a cell otherwise"""

Prepare = Callable[[Any], Awaitable[None]]


def sample() -> Any:
    return registry.find("sample")


def asked(kind: str) -> Callable[[Any], Page]:
    """The question of that kind, its options always in the same order."""

    def page(app: Any) -> Page:
        found = [q for q in questions(sample()) if q.kind == kind]
        return QuizPage(Session(found, app.progress, "snapshot"), "1 · quiz", ("sample", ""))

    return page


def keys(*pressed: str, text: str = "") -> Prepare:
    async def prepare(screen: Any) -> None:
        if text:
            await screen.type(text)
        await screen.press(*pressed)

    return prepare


async def answered(screen: Any) -> None:
    await screen.type(solution(screen.app.screen.presented))
    await screen.press("enter")


async def nothing_found(screen: Any) -> None:
    await screen.press("ctrl+p")
    await screen.type("xyzzy")
    await screen.until(lambda: t("Nothing is called that.") in screen.text)


async def nothing(_: Any) -> None:
    """The screen as it opens."""


def last(_: Any) -> Page:
    return RunPage(launch.folder.find_run("3-0001"))


SCREENS: dict[str, tuple[Callable[[Any], Page], Prepare]] = {
    "welcome": (lambda _: Welcome(), nothing),
    "home": (lambda _: Home(), nothing),
    "search": (lambda _: Search(), keys(text="wave")),
    "chapter": (lambda _: ChapterPage(sample()), nothing),
    "lesson": (lambda _: LessonPage(sample(), "sums"), nothing),
    "lesson-end": (lambda _: LessonPage(sample(), "sums"), keys("end")),
    "outline": (lambda _: LessonPage(sample(), "sums"), keys("o")),
    "bookmark": (lambda _: LessonPage(sample(), "sums"), keys("b")),
    "source": (lambda _: Source(Path(settings.__file__).with_name("errors.py")), nothing),
    "help": (lambda _: LessonPage(sample(), "sums"), keys("question_mark")),
    "quiz-choice": (asked("choice"), nothing),
    "quiz-number": (asked("number"), answered),
    "quiz-hint": (asked("text"), keys("ctrl+t", text="nothing")),
    "quiz-match": (asked("match"), nothing),
    "quiz-order": (asked("order"), keys("v", "v")),
    "quiz-shape": (asked("shape"), keys("enter", text="2, 3, 4, 5")),
    "quiz-end": (asked("choice"), keys("v", "v", "enter")),
    "exercise": (lambda _: exercise_page(sample(), "double"), nothing),
    "demo": (lambda _: DemoPage(sample(), "wave"), nothing),
    "train": (lambda _: TrainForm(registry.find("chapter3")), nothing),
    "run": (last, nothing),
    "run-read": (last, keys(*["right"] * 20)),
    "run-picture": (last, keys("i")),
    "run-compare": (last, keys("c")),
    "run-configuration": (last, keys("k")),
    "runs": (lambda _: Runs(), nothing),
    "plugins": (lambda _: Plugins(), nothing),
    "settings": (lambda _: SettingsPage(), nothing),
    "doctor": (lambda _: Doctor(), nothing),
    "palette": (lambda _: ChapterPage(sample()), keys("ctrl+p")),
    "palette-nothing": (lambda _: ChapterPage(sample()), nothing_found),
}
READY = {
    "lesson": "drawn",
    "lesson-end": "drawn",
    "outline": "drawn",
    "help": "drawn",
    "bookmark": "drawn",
}


FINDINGS = [
    ("Base", "Python", "ok", "3.12.1, 64 bit", ""),
    ("Base", "packages", "fail", "einops 0.3 is older than tested, 0.8 to 0.9", "pip install -U einops"),
    ("Room", "disk for runs", "ok", "64.2 GB free", ""),
    ("Room", "memory", "note", "3.1 GB: the standard presets want 4, the quick ones do with less", ""),
    ("Data", "mnist", "note", "not there: MNIST, 60,000 + 10,000 handwritten digits; chapters train "
     "on builtin data", "dltutor data fetch mnist"),
    *(("Chapters", f"chapter{n}", "ok", "a chapter", "") for n in range(1, 16)),
]  # fmt: skip
"""what the doctor's screen is told: it must not depend on this machine"""


def shows_training(test: str) -> bool:
    return any(f"[{name}" in test for name in ("train", "run", "runs"))


@pytest.fixture(autouse=True)
def fixed(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    recorded: Any,
    world: None,
    request: pytest.FixtureRequest,
) -> Iterator[None]:
    """The same clock, folders, chapters, progress and runs for every picture."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DLTUTOR_HOME", "home")
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("EDITOR", "vi")
    monkeypatch.delenv("VISUAL", raising=False)
    time.tzset()
    # only what does not change with the book: its chapters and versions do
    known = {"sample", "broken"} | ({"chapter3"} if shows_training(request.node.name) else set())
    points = [point for point in registry._points() if point.name in known]
    monkeypatch.setattr(registry, "_points", lambda: points)
    settings.save(welcomed=True)
    registry.entries.cache_clear()
    with Progress.open() as progress:
        progress.set_position("sample", "sums", 0.0)
        progress.read_lesson("sample", "sums")
        progress.answer(questions(sample())[0].id, right=True)
        progress.add_note("sample", "sums", 0.4, "the square wave again")
    recorded()
    recorded(steps=250, ending="vanished", number=2)
    working = recorded(steps=120, ending="", number=3)
    for number in (1, 2, 3):  # the newest is the last one
        os.utime(working.path.with_name(f"3-{number:04d}"), (1_767_000_000 + number,) * 2)
    lock = FileLock(working.lock_file)
    lock.acquire()

    def no_process(*_: object, **__: object) -> None:
        raise OSError("the pictures show no process that starts")

    monkeypatch.setattr(launch, "spawn", no_process)
    names = ("group", "check", "state", "seen", "mend")
    report = json.dumps({"findings": [dict(zip(names, f, strict=True)) for f in FINDINGS]})
    answer = subprocess.CompletedProcess([], 0, report, "")
    monkeypatch.setattr(doctor.subprocess, "run", lambda *_, **__: answer)
    yield
    lock.release()
    monkeypatch.undo()
    time.tzset()
    registry.entries.cache_clear()


async def settled(screen: Any, name: str) -> str:
    """The text of the screen once nothing changes any more."""
    page = screen.app.screen_stack[-1]
    for base in screen.app.screen_stack:
        if READY.get(name) == "drawn" and isinstance(base, LessonPage):
            await screen.until(lambda base=base: bool(base.drawn) and bool(base.marks))
    for field in page.query("Input, TextArea"):
        assert isinstance(field, Input | TextArea)
        field.cursor_blink = False
    before, calm = "", 0
    while calm < 2:
        await screen.pilot.pause(0.1)
        busy = any(w in screen.text for w in ("computing", "计算中", "being prepared", "正在准备"))
        calm = calm + 1 if screen.text == before and not busy else 0
        before = screen.text
    return before


def styles_of(screen: Any) -> list[list[tuple[int, str]]]:
    """For each line the runs of equal style: columns and a description."""
    found = []
    for strip in screen.app.screen._compositor.render_strips():
        runs: list[tuple[int, str]] = []
        for segment in strip:
            style = segment.style
            words = ""
            if style is not None:
                words = str(style.without_color) if not style.color and not style.bgcolor else ""
                marks = [
                    m
                    for m in ("bold", "dim", "italic", "underline", "reverse")
                    if getattr(style, m)
                ]
                colours = [c.name if c is not None else "-" for c in (style.color, style.bgcolor)]
                words = " ".join([colours[0], "on", colours[1], *marks])
            if runs and runs[-1][1] == words:
                runs[-1] = (runs[-1][0] + segment.cell_length, words)
            else:
                runs.append((segment.cell_length, words))
        found.append(runs)
    return found


def dump(texts: dict[tuple[int, int], str], looks: dict[tuple[Any, str], list[Any]]) -> str:
    """All of it as one text: cells, then the styles line by line under one-letter names."""
    names: dict[str, str] = {}
    lines: list[str] = []
    for size in SIZES:
        lines.append(f"== {size[0]} x {size[1]}")
        lines += [line.rstrip() for line in texts[size].split("\n")]
        for theme in THEMES:
            lines.append(f"-- {theme}")
            rows = []
            for runs in looks[size, theme]:
                for _, style in runs:
                    names.setdefault(style, _name(len(names)))
                rows.append(" ".join(f"{count}{names[style]}" for count, style in runs))
            lines += _folded(rows)
    lines.append("== styles")
    lines += [f"{name} {style}" for style, name in names.items()]
    return "\n".join(lines) + "\n"


def _name(number: int) -> str:
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return letters[number % 52] * (1 + number // 52)


def _folded(rows: list[str]) -> list[str]:
    """Equal rows after one another as one, with their count."""
    found: list[tuple[str, int]] = []
    for row in rows:
        if found and found[-1][0] == row:
            found[-1] = (row, found[-1][1] + 1)
        else:
            found.append((row, 1))
    return [row if count == 1 else f"{row} x{count}" for row, count in found]


def picture(screen: Any, title: str) -> str:
    """The SVG without its references to fonts elsewhere, and with wide characters as wide as they are."""
    svg: str = screen.app.export_screenshot(title=title)
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)

    def widened(found: re.Match[str]) -> str:
        text = html.unescape(found[3])
        length = float(found[1]) * width(text) / max(1, len(text))
        return f'textLength="{length:g}"{found[2]}>{found[3]}</text>'

    return re.sub(r'textLength="([\d.]+)"([^>]*)>([^<]*)</text>', widened, svg)


def compare(file: Path, found: str) -> None:
    if RENEW:
        FOLDER.mkdir(exist_ok=True)
        file.write_text(found, encoding="utf-8")
        return
    assert file.exists(), f"{file.name} is missing; renew the snapshots (see this file's head)"
    kept = file.read_text(encoding="utf-8")
    if found != kept:
        pairs = zip(kept.split("\n"), found.split("\n"), strict=False)
        first = next((f"-{a}\n+{b}" for a, b in pairs if a != b), "one is longer")
        raise AssertionError(f"{file.name} differs; first:\n{first}")


def boxes(text: str) -> list[str]:
    """What is wrong with the frames on a screen: each ┌ needs its three other corners."""
    rows = []
    for line in text.split("\n"):  # by columns: a wide character fills two
        cells: list[str] = []
        for char in line:
            cells += [char, *[""] * (width(char) - 1)]
        rows.append(cells)
    wrong = []
    for y, row in enumerate(rows):
        for x, char in enumerate(row):
            if char != "┌":
                continue
            right = next((i for i in range(x + 1, len(row)) if row[i] == "┐"), -1)
            foot = next((i for i in range(y + 1, len(rows)) if rows[i][x] != "│"), len(rows))
            if right < 0 or foot == len(rows) or rows[foot][x] != "└" or rows[foot][right] != "┘":
                wrong.append(f"the frame at column {x}, row {y} is open")
            elif any(rows[i][right] != "│" for i in range(y + 1, foot)):
                wrong.append(f"the frame at column {x}, row {y} has a broken right side")
    return wrong


def check_structure(name: str, screen: Any, text: str, size: tuple[int, int]) -> None:
    lines = text.split("\n")
    assert len(lines) == size[1]
    assert {width(line) for line in lines} == {size[0]}
    assert not boxes(text), f"{name} {size}: {boxes(text)}\n{text}"
    assert "\ufffd" not in text
    if isinstance(screen.app.screen, Page):
        assert set(lines[1].strip()) == {"─"}, f"{name} {size}: no rule below the head\n{text}"
        assert set(lines[-2].strip()) == {"─"}, f"{name} {size}: no rule above the keys\n{text}"
        assert "Esc" in lines[-1] or name in ("home", "welcome"), lines[-1]
        assert "?" in lines[-1] or name == "welcome" or screen.app.focused is not None, lines[-1]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", SCREENS)
async def test_looks(start: Any, name: str, lang: str) -> None:
    page, prepare = SCREENS[name]
    texts: dict[tuple[int, int], str] = {}
    looks: dict[tuple[Any, str], list[Any]] = {}
    async with start(SIZES[0], lang, page) as screen:
        screen.app.theme = THEMES[0]
        await settled(screen, name)
        await prepare(screen)
        for size in SIZES:
            screen.app.theme = THEMES[0]
            if size != SIZES[0]:
                await screen.pilot.resize_terminal(*size)
            for theme in THEMES:
                again = isinstance(screen.app.screen, Palette)  # it keeps the look it opened with
                if again:
                    await screen.press("escape")
                screen.app.theme = theme
                if again:
                    await prepare(screen)
                text = await settled(screen, name)
                check_structure(name, screen, text, size)
                assert texts.setdefault(size, text) == text, "a theme changes no text"
                looks[size, theme] = styles_of(screen)
                wanted = (lang, theme, size) in PICTURES
                large = name in LARGE and size == SIZES[2] and (lang, theme) == ("en", THEMES[0])
                if (wanted or large) and drawn_alike():
                    file = FOLDER / f"{name}-{size[0]}x{size[1]}-{lang}-{theme[8:]}.svg"
                    compare(file, picture(screen, f"{name} {size[0]} x {size[1]}"))
    if drawn_alike():
        compare(FOLDER / f"{name}-{lang}.txt", dump(texts, looks))


def drawn_alike() -> bool:
    """Whether this machine has the versions that drew what is kept; the structure is checked anyway."""
    return all(version(package).startswith(number) for package, number in DRAWN_BY.items())


def test_the_folder_holds_what_the_screens_are() -> None:
    """No file of a screen that has gone, and not too much of it."""
    kept = {file.name for file in FOLDER.iterdir()}
    wanted = {f"{name}-{lang}.txt" for name in SCREENS for lang in LANGUAGES}
    for lang, theme, (columns, rows) in PICTURES:
        wanted |= {f"{name}-{columns}x{rows}-{lang}-{theme[8:]}.svg" for name in SCREENS}
    wanted |= {f"{name}-200x60-en-dark.svg" for name in LARGE}
    assert kept == wanted
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < 3_000_000
