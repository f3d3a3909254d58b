"""Demos that play: a parameter that goes on by itself, and one that is flown with the keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dltutor import registry
from dltutor.chapter import Demo
from dltutor.learning import lint
from dltutor.runs.host import Host
from dltutor.tui.screens.demo import DemoPage
from dltutor.tui.widgets.controls import Controls
from dltutor.views import Note

CHAPTER = """
from typing import Annotated
from dltutor.chapter import Chapter, Demo, Param
from dltutor.hookspecs import hookimpl
from dltutor.views import Note

def film(
    at: Annotated[int, Param("moment", zh="时刻", low=0, high=100, step=2)] = 0,
):
    return [Note(f"moment {min(at, 12)} of 12")]

def walk(
    context,
    pace: Annotated[int, Param("pace", zh="步幅", low=1, high=9)] = 1,
):
    place = context.state.get("place", 0)
    heard = context.state.get("heard", "") + "".join(f"<{key}>" for key in context.keys)
    if context.tick:
        place += pace
    context.state.update(place=place, heard=heard)
    return [Note(f"place {place}. heard {heard}.")]

@hookimpl
def dltutor_chapter():
    return Chapter(
        id="plays", slug="plays", title="Plays", summary="", content="plays",
        demos=(
            Demo(name="film", title="Film", function="plays:film", rate=30, plays="at"),
            Demo(name="walk", title="Walk", function="plays:walk", rate=30),
        ),
    )
"""


@pytest.fixture
def page(add_chapter: Callable[..., Path]) -> Callable[[str], Any]:
    add_chapter("plays", code=CHAPTER)
    return lambda name: lambda _: DemoPage(registry.find("plays"), name)


def place(screen: Any) -> int:
    note = screen.app.screen.shown[0]
    return int(note.text.split()[1].rstrip("."))


async def test_a_film_runs_to_its_end_and_is_rewound(start: Any, page: Any) -> None:
    async with start(page=page("film")) as screen:
        await screen.until("moment 0 of 12")
        assert "Space play" in screen.keys
        film = screen.app.screen
        film.action_play()
        # on a busy machine one moment may be computed twice: that is no end
        film._computed(film.shown, "", film.shown_settings)
        assert film.clock is not None
        film.pause()
        await screen.press("space")
        await screen.until("moment 12 of 12")
        await screen.until(lambda: screen.app.screen.clock is None)  # pauses by itself
        assert "Space play" in screen.keys
        at = screen.app.screen.query_one(Controls).values["at"]
        assert at >= 12
        await screen.until(f"--set at={at}")
        # rewound, stepped
        await screen.press("z")
        await screen.until("moment 0 of 12")
        await screen.press("right")
        await screen.until("moment 2 of 12")


async def test_one_walks_with_the_keys_and_pauses(start: Any, page: Any) -> None:
    async with start(page=page("walk")) as screen:
        await screen.until("place 0. heard .")
        assert screen.app.screen.shown == [Note("place 0. heard .")]
        await screen.press("space")
        assert "Space pause" in screen.keys
        await screen.until(lambda: place(screen) > 2)
        # keys go to the demo, also those that mean something elsewhere
        await screen.press("left", "n", "z")
        await screen.until("heard <left><n><z>.")
        await screen.press("space")
        await screen.until(lambda: not screen.app.screen.busy)
        stopped = place(screen)
        assert screen.app.screen.clock is None
        assert screen.app.screen.query_one(Controls).menu.has_focus
        # a changed control is no tick: time stands still, nothing is forgotten
        await screen.press("right")
        await screen.until(lambda: not screen.app.screen.busy)
        assert place(screen) == stopped
        assert "heard <left><n><z>." in screen.text
        await screen.press("space", "escape")
        assert isinstance(screen.app.screen, DemoPage)
        assert screen.app.screen.clock is None
        # reset begins anew
        await screen.press("z")
        await screen.until("place 0. heard .")


async def test_another_screen_pauses(start: Any, page: Any) -> None:
    async with start(page=page("walk")) as screen:
        await screen.until("place 0. heard .")
        demo = screen.app.screen
        await screen.press("space")
        assert demo.clock is not None
        await screen.click("? help")
        assert demo.clock is None


def test_the_command_shows_one_frame_and_remembers_nothing(page: Any, dltutor: Any) -> None:
    for _ in range(2):
        done = dltutor("demo", "plays", "walk", "--plain")
        assert done.code == 0
        assert done.out.strip() == "place 0. heard ."


def test_the_host_keeps_the_state_of_a_demo_that_is_open(page: Any) -> None:
    with Host(registry.find("plays")) as host:
        for n in (1, 2):
            assert host.demo("walk", live={"tick": True}) == [Note(f"place {n}. heard .")]
        fresh = {"tick": True, "fresh": True, "keys": ["up"]}
        assert host.demo("walk", live=fresh) == [Note("place 1. heard <up>.")]
        assert host.demo("walk") == [Note("place 0. heard .")]


@pytest.mark.parametrize(
    ("values", "said"),
    [({"rate": 31}, "0 to 30"), ({"rate": -1}, "0 to 30"), ({"plays": "at"}, "needs a rate")],
)
def test_a_rate_has_its_range(values: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Demo(name="x", title="x", function="x:x", **values)


def test_the_gate_says_what_a_demo_that_plays_needs(add_chapter: Callable[..., Path]) -> None:
    code = CHAPTER.replace('plays="at"', 'plays="speed"').replace(
        'Demo(name="walk", title="Walk", function="plays:walk", rate=30)',
        'Demo(name="walk", title="Walk", function="plays:film", rate=30)',
    )
    add_chapter("plays", code=code)
    said = "\n".join(
        finding.message for finding in lint.check(registry.find("plays"), "plays", ["contract"])
    )
    assert "plays='speed' is no whole number of its function" in said
    assert "it needs a context" in said
