"""A policy and a value function: two small networks side by side."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from dltutor_plugins.chapter13_ppo.config import Config


def layer(inputs: int, outputs: int, gain: float) -> nn.Linear:
    """A linear layer with orthogonal weights of that gain, biases 0."""
    linear = nn.Linear(inputs, outputs)
    nn.init.orthogonal_(linear.weight, gain)
    nn.init.zeros_(linear.bias)
    return linear


def mlp(
    inputs: int, hidden: int, outputs: int, gain: float
) -> nn.Sequential:
    """Two hidden layers with tanh; the last has weights of ``gain``."""
    return nn.Sequential(
        layer(inputs, hidden, math.sqrt(2)),
        nn.Tanh(),
        layer(hidden, hidden, math.sqrt(2)),
        nn.Tanh(),
        layer(hidden, outputs, gain),
    )


class ActorCritic(nn.Module):
    """States (B, D) to logits of the actions (B, A) and values (B,)."""

    def __init__(self, state: int, actions: int, hidden: int = 64) -> None:
        super().__init__()
        # nearly equal logits at first: every action is tried
        self.actor = mlp(state, hidden, actions, 0.01)
        self.critic = mlp(state, hidden, 1, 1.0)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (B, A) of the policy, and what return is expected (B,)."""
        return self.actor(x), self.value(x)

    def value(self, x: Tensor) -> Tensor:
        """The expected discounted return from states (..., D): (...)."""
        value: Tensor = self.critic(x)
        return value.squeeze(-1)


def for_table(config: Config) -> tuple[ActorCritic, Tensor]:
    """The model and one input, for the layer table and the model file."""
    from dltutor_plugins.chapter13_ppo.env import sizes

    state, actions = sizes(config.env)
    return ActorCritic(state, actions, config.hidden), torch.zeros(1, state)
