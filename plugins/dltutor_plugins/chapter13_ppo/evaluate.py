"""How good a policy is: whole episodes with fixed seeds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from dltutor_plugins.chapter13_ppo.env import States, make
from dltutor_plugins.chapter13_ppo.model import ActorCritic

Policy = Callable[[States], NDArray[np.int64]]
"""states (B, D) to actions (B,)"""

VALIDATION = range(20_000, 20_020)
"""seeds of the episodes by which the best moment is chosen"""
TEST = range(10_000, 10_100)
"""seeds of the hundred episodes that are reported"""


@dataclass(frozen=True, slots=True)
class Episode:
    """One episode: how it began, what was done, what came of it."""

    seed: int
    actions: tuple[int, ...]
    rewards: tuple[float, ...]
    terminated: bool

    @property
    def total(self) -> float:
        """The return, not discounted."""
        return sum(self.rewards)


def play(policy: Policy, name: str, seeds: Sequence[int]) -> list[Episode]:
    """One whole episode for each seed; those under way go side by side."""
    envs = [make(name) for _ in seeds]
    states = [
        env.reset(seed=s)[0] for env, s in zip(envs, seeds, strict=True)
    ]
    actions: list[list[int]] = [[] for _ in seeds]
    rewards: list[list[float]] = [[] for _ in seeds]
    terminated = [False for _ in seeds]
    alive = list(range(len(seeds)))
    while alive:
        chosen = policy(np.stack([states[n] for n in alive]))
        going = []
        for n, action in zip(alive, chosen, strict=True):
            states[n], reward, terminated[n], truncated, _ = envs[n].step(
                action
            )
            actions[n].append(int(action))
            rewards[n].append(float(reward))
            if terminated[n] or truncated:
                envs[n].close()
            else:
                going.append(n)
        alive = going
    return [
        Episode(seed, tuple(actions[n]), tuple(rewards[n]), terminated[n])
        for n, seed in enumerate(seeds)
    ]


def greedy(model: ActorCritic, device: torch.device) -> Policy:
    """Takes the most probable action: what one would use in earnest."""

    @torch.inference_mode()
    def act(states: States) -> NDArray[np.int64]:
        logits = model.actor(torch.from_numpy(states).to(device))
        chosen: NDArray[np.int64] = logits.argmax(dim=1).cpu().numpy()
        return chosen

    return act


def uniform(actions: int, seed: int = 0) -> Policy:
    """Any action, each as likely: what must be beaten."""
    generator = np.random.default_rng(seed)
    return lambda states: generator.integers(0, actions, len(states))


def mean_return(episodes: Sequence[Episode]) -> float:
    """The mean over the episodes of their returns."""
    return sum(episode.total for episode in episodes) / len(episodes)
