"""A flight, moment by moment: what was seen, thought and done, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from safetensors.torch import load_file

from dltutor_plugins.chapter13_ppo.config import LANDER
from dltutor_plugins.chapter13_ppo.env import Environment, make
from dltutor_plugins.chapter13_ppo.evaluate import TEST
from dltutor_plugins.chapter13_ppo.model import ActorCritic
from dltutor_plugins.chapter13_ppo.scene import Ground, Shot, ground, shot

if TYPE_CHECKING:
    from dltutor.events import Trained

GIVEN = Path(__file__).with_name("policy.safetensors")
"""64 units, else as the preset ``standard``, seed 0: for who has no run"""
ACTIONS = {
    "en": ("nothing", "push left", "main engine", "push right"),
    "zh": ("不点火", "向左推", "主引擎", "向右推"),
}
"""the lander's actions by what they do; Gymnasium names them by engines"""


@dataclass(frozen=True, slots=True)
class Pilot:
    """A policy with the environment that it was trained in."""

    env: str
    model: ActorCritic
    device: torch.device
    own: bool
    """the learner's own run, not the weights that come with the chapter"""

    @torch.inference_mode()
    def ask(self, state: object) -> tuple[list[float], float]:
        """Probabilities of the actions, and the value, in one state (D,)."""
        x = torch.from_numpy(np.asarray(state, dtype=np.float32))[None]
        logits, value = self.model(x.to(self.device))
        return logits[0].float().softmax(0).tolist(), float(value)


def load(trained: Trained) -> Pilot:
    """The policy of a run."""
    kept = trained.extra()
    model = ActorCritic(
        kept["state_size"], kept["actions"], trained.config.hidden
    )
    trained.load(model)
    return Pilot(kept["env"], model, trained.device, own=True)


@lru_cache(maxsize=1)
def given() -> Pilot:
    """The policy that comes with the chapter."""
    model = ActorCritic(8, 4)
    model.load_state_dict(load_file(GIVEN))
    return Pilot(LANDER, model.eval(), torch.device("cpu"), own=False)


@dataclass(frozen=True, slots=True)
class Moment:
    """One state of an episode, and what was done there."""

    state: tuple[float, ...]
    probabilities: tuple[float, ...]
    value: float
    action: int
    """-1 at the end, where nothing more is done"""
    reward: float
    """what this action brought"""
    shot: Shot | None
    """None for another environment than the lander"""


@dataclass(frozen=True, slots=True)
class Flight:
    """A whole episode."""

    seed: int
    ground: Ground | None
    moments: tuple[Moment, ...]
    terminated: bool

    @property
    def total(self) -> float:
        """The return, not discounted."""
        return sum(moment.reward for moment in self.moments)

    @property
    def ending(self) -> str:
        """``landed``, ``crashed``, ``flew away`` or ``time ran out``."""
        if not self.terminated:
            return "time ran out"
        if self.moments[-2].reward > 50:
            return "landed"
        return (
            "flew away"
            if abs(self.moments[-1].state[0]) >= 1
            else "crashed"
        )

    def follows(self, at: int, gamma: float) -> float:
        """The discounted return from that moment on: what the value guesses."""
        total = 0.0
        for moment in reversed(self.moments[at:]):
            total = moment.reward + gamma * total
        return total


ENDINGS = {
    "landed": "着陆成功",
    "crashed": "坠毁",
    "flew away": "飞出画面",
    "time ran out": "时间用完",
}


def fly(pilot: Pilot, number: int, how: str = "best") -> Flight:
    """Test episode ``number``, by the best action, by chance or at random.

    ``how`` is ``best``, ``sampled`` or ``random``.
    """
    seed = TEST[number]
    generator = np.random.default_rng(seed)
    env = make(pilot.env)
    state, _ = env.reset(seed=seed)
    lander = pilot.env == LANDER
    land = ground(env) if lander else None
    moments: list[Moment] = []
    before, over, terminated = 0, False, False
    while True:
        p, value = pilot.ask(state)
        seen = (tuple(map(float, state)), tuple(p), value)
        picture = shot(env, before) if lander else None
        if over:
            moments.append(Moment(*seen, -1, 0.0, picture))
            env.close()
            return Flight(seed, land, tuple(moments), terminated)
        action = choose(p, how, generator)
        state, reward, terminated, truncated, _ = env.step(np.int64(action))
        moments.append(Moment(*seen, action, float(reward), picture))
        before, over = action, terminated or truncated


def choose(p: list[float], how: str, generator: np.random.Generator) -> int:
    """An action, from the probabilities (A,)."""
    if how == "best":
        return max(range(len(p)), key=p.__getitem__)
    if how == "random":
        return int(generator.integers(len(p)))
    exact = np.array(p) / sum(p)  # float32 sums are not quite 1
    return int(generator.choice(len(p), p=exact))


def begin(number: int) -> tuple[Environment, Ground, Shot]:
    """A lander to fly by hand, at the start of test episode ``number``."""
    env = make(LANDER)
    env.reset(seed=TEST[number])
    return env, ground(env), shot(env)
