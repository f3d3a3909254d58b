"""The pad to draw on, by keys alone and by the mouse alone, beside a demo that follows it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import pytest
from textual.geometry import Offset

from dltutor import registry
from dltutor.chapter import Param, parameters
from dltutor.text import width
from dltutor.tui.screens.demo import DemoPage
from dltutor.tui.widgets.controls import Controls
from dltutor.tui.widgets.pad import Cells, Pad

CHAPTER = """
from typing import Annotated

from dltutor.chapter import Chapter, Demo, Param
from dltutor.hookspecs import hookimpl
from dltutor.views import Note


def count(
    draw: Annotated[str, Param("a figure", zh="图形", pad=(6, 4))] = "",
    times: Annotated[int, Param("how often", low=1, high=9)] = 1,
) -> list[Note]:
    if draw.count("#") > 12:
        raise ValueError("too much ink")
    ink, grey = draw.count("#") * times, draw.count("+") * times
    return [Note(f"ink {ink}, grey {grey}, {len(draw.split('|'))} rows")]


@hookimpl
def dltutor_chapter():
    return Chapter(
        id="pads", slug="pads", title="Pads", summary="", content="pads",
        demos=(Demo(name="count", title="Count", function="pads:count"),),
    )
"""


@pytest.fixture
def page(add_chapter: Callable[..., Path]) -> Callable[[Any], DemoPage]:
    add_chapter("pads", code=CHAPTER)
    return lambda _: DemoPage(registry.find("pads"))


def drawn(screen: Any) -> str:
    return str(screen.app.screen.query_one(Controls).values["draw"])


def square(screen: Any, x: int, y: int) -> Offset:
    """Where a square of the pad is on the screen."""
    region = screen.app.screen.query_one(Pad).region
    return Offset(region.x + 1 + 2 * x, region.y + 1 + y)


async def test_drawn_by_keys_alone(start: Any, page: Any) -> None:
    async with start(page=page) as screen:
        await screen.until("ink 0, grey 0, 1 rows")
        assert "p draw" in screen.keys
        await screen.press("p")
        for key in ("Space draw", "x erase", "c clear", "b brush", "Enter done"):
            assert key in screen.keys
        await screen.press("b", "space")
        assert "ink" in screen.text
        await screen.until("ink 1, grey 0, 4 rows")
        assert drawn(screen) == "......|......|...#..|......"
        await screen.press("shift+left", "shift+up", "b", "right", "right", "space")
        assert drawn(screen) == "......|..#.+.|..##..|......"
        await screen.until("ink 3, grey 1, 4 rows")
        await screen.press("x")
        assert drawn(screen) == "......|..#...|..##..|......"
        await screen.press("u", "u", "u")
        assert drawn(screen) == "......|......|..##..|......"
        await screen.press("b", "home", *["left"] * 9, *["up"] * 9, "space")
        assert drawn(screen) == "#+....|+.....|..##..|......"
        await screen.press("c")
        assert drawn(screen) == ""
        await screen.until("ink 0, grey 0, 1 rows")
        await screen.press("u", "enter")
        assert screen.app.screen.query_one(Controls).menu.has_focus
        assert "a drawing" in screen.text
        assert "--set 'draw=#+....|+.....|..##..|......'" in screen.text
        # and on again, from the row of the parameter
        await screen.press("enter")
        assert screen.app.screen.query_one(Pad).has_focus
        assert screen.app.screen.query_one(Pad).cells.text == "#+....|+.....|..##..|......"
        await screen.press("escape")
        assert isinstance(screen.app.screen, DemoPage)
        await screen.press("z")
        await screen.until("ink 0, grey 0, 1 rows")


async def test_drawn_by_the_mouse_alone(start: Any, page: Any) -> None:
    async with start(page=page) as screen:
        await screen.until("ink 0, grey 0, 1 rows")
        await screen.click("p draw")
        pad = screen.app.screen.query_one(Pad)
        await screen.click("b brush")
        pilot = screen.pilot
        # a stroke that moves fast: the squares between are drawn as well
        await pilot.mouse_down(offset=square(screen, 0, 0))
        await pilot.hover(offset=square(screen, 3, 3))
        await pilot.hover(offset=square(screen, 5, 3) + Offset(1, 0))
        await pilot.mouse_up(offset=square(screen, 5, 3))
        assert pad.cells.text == "#.....|.#....|..#...|...###"
        await screen.until("ink 6, grey 0, 4 rows")
        # nothing is drawn by moving alone
        await pilot.hover(offset=square(screen, 0, 3))
        assert drawn(screen) == "#.....|.#....|..#...|...###"
        # the right button erases
        await pilot.mouse_down(offset=square(screen, 3, 3), button=3)
        await pilot.hover(offset=square(screen, 9, 3))  # outside the pad
        await pilot.mouse_up(offset=square(screen, 9, 3))
        assert drawn(screen) == "#.....|.#....|..#...|......"
        assert not screen.app.screen.selections  # nor was the text beside it selected
        await screen.click("u undo")
        assert drawn(screen) == "#.....|.#....|..#...|...###"
        await screen.click("Enter done")
        assert "a drawing" in screen.text


async def test_an_error_of_the_demo_stands_beside_the_pad(start: Any, page: Any) -> None:
    async with start(page=page) as screen:
        await screen.until("ink 0, grey 0, 1 rows")
        await screen.press("p", "b", *["left"] * 3, *["up"] * 2)
        for row in range(3):
            await screen.press(*(["shift+right", "shift+left"][row % 2] for _ in range(5)), "down")
        await screen.until("too much ink")
        await screen.press("u", "u", "u", "u", "u")
        await screen.until("ink 12, grey 0")
        assert "too much ink" not in screen.text


@pytest.mark.parametrize(("size", "lang"), [((80, 24), "zh"), ((120, 40), "en")])
async def test_chapter_three_is_drawn(start: Any, size: tuple[int, int], lang: str) -> None:
    pytest.importorskip("torch")
    async with start(size, lang, lambda _: DemoPage(registry.find("chapter3"), "digit")) as screen:
        await screen.until("28 x 28", 120)
        await screen.press("p")
        await screen.press("up", "up", "up", "up", *["shift+down"] * 8)
        page = screen.app.screen
        await screen.until(lambda: not page.busy and "label" not in screen.text, 60)
        lines = screen.text.split("\n")
        assert {width(line) for line in lines} == {size[0]}
        assert sum("│" in line and "·" in line for line in lines) == 16
        assert page.query_one(Pad).region.right <= size[0] // 2
        # the picture, the bars and the sentence are all there
        assert ("with probability" if lang == "en" else "概率") in screen.text
        assert ("erase" if lang == "en" else "擦除") in screen.keys


def test_a_drawing_of_another_size_is_fitted_in() -> None:
    assert Cells(4, 4, "##|##").text == "....|.##.|.##.|...."
    assert Cells(2, 2, "#...|....|....|...+").text == "#.|.."
    assert Cells(3, 2, "#x|+").text == "#..|+.."
    assert Cells(3, 2, "...|...").text == ""
    assert Cells(3, 2).text == ""


def test_a_pad_is_for_a_text_and_has_a_size_that_fits() -> None:
    def number(a: Annotated[int, Param("a number", pad=(4, 4))] = 1) -> None: ...

    with pytest.raises(TypeError, match="pad to draw on is for a text"):
        parameters(number)
    for pad in ((1, 4), (21, 4), (4, 19)):
        with pytest.raises(ValueError, match="2 to 20 columns"):
            Param("a drawing", pad=pad)


def test_the_plain_command_takes_the_same_text(dltutor: Any, page: Any) -> None:
    done = dltutor("demo", "pads", "count", "--set", "draw=##|+.", "--json")
    assert json.loads(done.out)[0]["text"] == "ink 2, grey 1, 2 rows"
