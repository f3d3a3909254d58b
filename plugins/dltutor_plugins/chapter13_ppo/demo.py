"""A landing to watch, step and rewind; and one to fly with the keys."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np

from dltutor.chapter import Param
from dltutor.events import Context
from dltutor.views import Chart, Note, Picture, Series, View
from dltutor_plugins.chapter13_ppo.config import LANDER
from dltutor_plugins.chapter13_ppo.flight import (
    ACTIONS,
    ENDINGS,
    Flight,
    Pilot,
    begin,
    fly,
    given,
    load,
)
from dltutor_plugins.chapter13_ppo.scene import draw, shot

if TYPE_CHECKING:
    from dltutor.events import Trained


Episode = Annotated[
    int, Param("test episode", zh="测试回合", low=0, high=99)
]


def watch(
    context: Context,
    episode: Episode = 0,
    frame: Annotated[
        int,
        Param(
            "moment of the flight",
            zh="飞行的时刻",
            low=0,
            high=1000,
            step=2,
        ),
    ] = 0,
    action: Annotated[
        Literal["best", "sampled", "random"],
        Param("how actions are chosen", zh="怎样选择动作"),
    ] = "best",
) -> list[View]:
    """One moment of a recorded episode, as the policy sees and judges it."""
    pilot = pilot_of(context.trained)
    flight = recorded(pilot, episode, action)
    at = min(frame, len(flight.moments) - 1)
    moment = flight.moments[at]
    p = moment.probabilities
    names = named(len(p), context.lang, pilot.env)
    bars = Chart(
        series=[Series({"en": "probability", "zh": "概率"}, p)],
        kind="bar",
        categories=names,
        y_limits=(0.0, 1.0),
        title={"en": "The policy's probabilities", "zh": "策略给出的概率"},
    )
    seen: View
    if flight.ground is not None and moment.shot is not None:
        seen = Picture.of(draw(flight.ground, moment.shot))
    else:
        seen = Chart(
            series=[Series({"en": "state", "zh": "状态"}, moment.state)],
            kind="bar",
            categories=[str(n) for n in range(len(moment.state))],
        )
    return [seen, bars, Note(judged(flight, at, names, pilot))]


def judged(
    flight: Flight, at: int, names: tuple[str, ...], pilot: Pilot
) -> dict[str, str]:
    """What is done at that moment, what is expected, and what comes."""
    moment = flight.moments[at]
    last = len(flight.moments) - 1
    so_far = sum(m.reward for m in flight.moments[:at])
    comes = flight.follows(at, 0.999)
    end = moment.action < 0
    lander = flight.ground is not None
    en_end = flight.ending if lander else "over"
    zh_end = ENDINGS[flight.ending] if lander else "结束"
    done = names[moment.action]
    source = (
        ("Your own run.", "使用的是你自己的运行。")
        if pilot.own
        else (
            "The weights that come with the chapter; train your own.",
            "使用的是本章自带的权重；你可以自己训练。",
        )
    )
    return {
        "en": f"Moment {at} of {last}: {en_end if end else done}. "
        f"Value {moment.value:.1f}, what comes is {comes:.1f} (discounted). "
        f"Return so far {so_far:.1f}. {source[0]}",
        "zh": f"时刻 {at}，共 {last}：{zh_end if end else done}。"
        f"价值 {moment.value:.1f}，此后实际得到 {comes:.1f}（打过折扣）。"
        f"至今的回报 {so_far:.1f}。{source[1]}",
    }


def named(count: int, lang: str, env: str) -> tuple[str, ...]:
    """The actions by name, or by number where they have none."""
    if env == LANDER:
        return ACTIONS["zh" if lang == "zh" else "en"]
    return tuple(str(n) for n in range(count))


def pilot_of(trained: Trained | None) -> Pilot:
    """The learner's own policy, else the one that comes with the chapter."""
    if trained is None:
        return given()
    return own(trained)  # type: ignore[arg-type] # a class, so hashable


@lru_cache(maxsize=2)
def own(trained: Trained) -> Pilot:
    return load(trained)


@lru_cache(maxsize=16)
def recorded(pilot: Pilot, episode: int, how: str) -> Flight:
    return fly(pilot, episode, how)


PUSH = {
    **dict.fromkeys(("left", "a", "h"), 1),
    **dict.fromkeys(("right", "d", "l"), 3),
    **dict.fromkeys(("up", "w", "k"), 2),
    **dict.fromkeys(("down", "s", "j"), 0),
}
"""keys and the actions that they mean"""
BURNS = 5
"""calls that an engine burns for one press: terminals tell no release"""


def by_hand(
    context: Context,
    episode: Episode = 0,
    pace: Annotated[
        int,
        Param(
            "simulator steps a call; 5 is twice the real pace",
            zh="每次调用模拟的步数；5 是真实速度的两倍",
            low=1,
            high=5,
        ),
    ] = 1,
) -> list[View]:
    """Your lander and, beside it, the policy's in the same episode."""
    pilot = pilot_of(context.trained)
    if pilot.env != LANDER:
        pilot = given()
    flight = recorded(pilot, episode, "best")
    game = context.state
    if game.get("episode") != episode or "r" in context.keys:
        start(game, episode)
    if context.tick:
        steer(game, context.keys)
        for _ in range(pace):
            advance(game)
    assert flight.ground is not None
    theirs = flight.moments[min(game["steps"], len(flight.moments) - 1)]
    assert theirs.shot is not None
    mine = Picture.of(
        draw(game["ground"], game["shot"]), {"en": "you", "zh": "你"}
    )
    other = Picture.of(
        draw(flight.ground, theirs.shot), {"en": "the policy", "zh": "策略"}
    )
    return [mine, other, Note(score(game, flight))]


def start(game: dict[str, Any], episode: int) -> None:
    """A new flight."""
    env, land, first = begin(episode)
    game.update(
        episode=episode,
        env=env,
        ground=land,
        shot=first,
        steps=0,
        total=0.0,
    )
    game.update(action=0, burns=0, over="")


def steer(game: dict[str, Any], keys: tuple[str, ...]) -> None:
    """The last key that means something counts, for a few calls."""
    for key in keys:
        if key in PUSH:
            game["action"], game["burns"] = PUSH[key], BURNS + 1
    game["burns"] = max(0, game["burns"] - 1)
    if not game["burns"]:
        game["action"] = 0


def advance(game: dict[str, Any]) -> None:
    """One step of the simulator."""
    if game["over"]:
        return
    env, action = game["env"], game["action"]
    state, reward, terminated, truncated, _ = env.step(np.int64(action))
    game["steps"] += 1
    game["total"] += float(reward)
    game["shot"] = shot(env, action)
    if terminated or truncated:
        landed = terminated and reward > 50
        away = abs(float(state[0])) >= 1
        game["over"] = (
            "landed" if landed
            else "time ran out" if truncated
            else "flew away" if away
            else "crashed"
        )  # fmt: skip


def score(game: dict[str, Any], flight: Flight) -> dict[str, str]:
    """Both returns so far, and what the keys do."""
    done = min(game["steps"], len(flight.moments) - 1)
    theirs = sum(m.reward for m in flight.moments[:done])
    en = f"You {game['total']:.1f}, the policy {theirs:.1f}. "
    zh = f"你 {game['total']:.1f}，策略 {theirs:.1f}。"
    if done == len(flight.moments) - 1:
        en += f"The policy: {flight.ending}. "
        zh += f"策略：{ENDINGS[flight.ending]}。"
    if game["over"]:
        en += f"You: {game['over']}. r: again."
        zh += f"你：{ENDINGS[game['over']]}。按 r 再来。"
    else:
        en += "Space: fly and pause. Up: main engine. Left, right: push."
        zh += "空格：开始和暂停。↑：主引擎。← →：侧推。"
    return {"en": en, "zh": zh}
