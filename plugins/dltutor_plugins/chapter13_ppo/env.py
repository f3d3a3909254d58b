"""Simulators: made by name, side by side, and repeatable."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, SupportsFloat

import gymnasium as gym
import numpy as np
import numpy.typing as npt
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from gymnasium.wrappers import DtypeObservation, FlattenObservation

from dltutor.errors import UsageError

States = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Environment = gym.Env[States, np.int64]


def make(name: str) -> Environment:
    """A Gymnasium environment whose states are vectors.

    Raises UsageError where the name, or the kind of its actions, is wrong.
    """
    try:
        # the checker looks at each step: good for authors, slow for us
        env: gym.Env[Any, Any] = gym.make(name, disable_env_checker=True)
    except (gym.error.Error, ImportError) as error:
        reason = " ".join(str(error).split())[:300]
        raise UsageError(
            f"env={name!r} can not be made: {reason}",
            "a name such as LunarLander-v3, CartPole-v1 or Acrobot-v1",
        ) from None
    if not isinstance(env.action_space, gym.spaces.Discrete):
        raise UsageError(
            f"env={name!r} has no discrete actions: {env.action_space}",
            "this PPO chooses one of a few: LunarLander-v3, CartPole-v1",
        )
    if env.action_space.start != 0:
        raise UsageError(f"env={name!r}: its actions do not count from 0")
    env = FlattenObservation(env)  # a number becomes its one-hot vector
    if env.observation_space.dtype != np.float32:
        env = DtypeObservation(env, np.float32)
    return env


def sizes(name: str) -> tuple[int, int]:
    """How many numbers a state has, and how many actions there are."""
    env = make(name)
    assert env.observation_space.shape is not None
    assert isinstance(env.action_space, gym.spaces.Discrete)
    found = env.observation_space.shape[0], int(env.action_space.n)
    env.close()
    return found


def threshold(name: str) -> float | None:
    """The mean return at which its authors call the task solved."""
    return gym.spec(name).reward_threshold


def seed_of(seed: int, lane: int, episode: int) -> int:
    """The seed of one episode: the same for the same three numbers."""
    return int(
        np.random.SeedSequence((seed, lane, episode)).generate_state(1)[0]
    )


class Repeatable(gym.Wrapper[States, np.int64, States, np.int64]):
    """An environment that can be put back to where it was.

    What a simulator of physics holds can not be read out. But the same seed
    and the same actions lead to the same state, and these are few numbers.
    """

    def __init__(self, env: Environment, seed: int, lane: int) -> None:
        super().__init__(env)
        self.seed, self.lane = seed, lane
        self.episode = -1
        self.actions: list[int] = []

    def reset(
        self,
        *,
        seed: int | None = None,
        options: dict[str, Any] | None = None,
    ) -> tuple[States, dict[str, Any]]:
        """Begins the next episode, whose seed is fixed by its number."""
        self.episode += 1
        self.actions = []
        chosen = seed_of(self.seed, self.lane, self.episode)
        return self.env.reset(
            seed=chosen if seed is None else seed, options=options
        )

    def step(
        self, action: np.int64
    ) -> tuple[States, SupportsFloat, bool, bool, dict[str, Any]]:
        self.actions.append(int(action))
        return self.env.step(action)

    def play_again(self, episode: int, actions: Sequence[int]) -> States:
        """To where these actions led in that episode; its state then."""
        self.episode = episode - 1
        state, _ = self.reset()
        for action in actions:
            state = self.step(np.int64(action))[0]
        return state


def _itself(env: Repeatable) -> Repeatable:
    return env


class Simulators:
    """``count`` environments that take their steps together.

    ``states`` (N, D) is where they are; ``state_dict`` is what is needed to
    bring them there again.
    """

    def __init__(self, name: str, count: int, seed: int) -> None:
        self.lanes = [Repeatable(make(name), seed, n) for n in range(count)]
        self.vector = SyncVectorEnv(
            [partial(_itself, lane) for lane in self.lanes],
            copy=False,
            autoreset_mode=AutoresetMode.SAME_STEP,
        )
        self.states: States = self.vector.reset()[0].copy()
        self.returns = np.zeros(count)
        """of the episodes under way"""

    def step(
        self, actions: npt.NDArray[np.int64]
    ) -> tuple[npt.NDArray[np.float64], Flags, Flags, States, list[float]]:
        """Takes one step in each; after an episode's end begins another.

        Gives rewards, terminated and truncated (N,), the states (N, D) that
        the actions led to, and the returns of the episodes that ended.
        """
        states, rewards, terminated, truncated, info = self.vector.step(
            actions
        )
        self.states = states.copy()
        after = self.states
        ended = terminated | truncated
        self.returns += rewards
        finished: list[float] = []
        if ended.any():
            # `states` has the first state of the next episode there
            after = self.states.copy()
            for n in ended.nonzero()[0]:
                after[n] = info["final_obs"][n]
            finished = self.returns[ended].tolist()
            self.returns[ended] = 0.0
        return rewards, terminated, truncated, after, finished

    def state_dict(self) -> dict[str, Any]:
        """Each episode's number and what was done in it so far."""
        return {
            "episodes": [lane.episode for lane in self.lanes],
            "actions": [list(lane.actions) for lane in self.lanes],
            "returns": self.returns.tolist(),
        }

    def load_state_dict(self, kept: dict[str, Any]) -> None:
        """Plays the episodes under way again, up to where they were."""
        pairs = zip(kept["episodes"], kept["actions"], strict=True)
        states = [
            lane.play_again(episode, actions)
            for lane, (episode, actions) in zip(
                self.lanes, pairs, strict=True
            )
        ]
        self.states = np.stack(states)
        self.returns = np.array(kept["returns"])

    def close(self) -> None:
        self.vector.close()
