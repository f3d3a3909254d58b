"""The half of chapter 4's training that knows no autograd."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from dltutor_plugins.chapter04_backprop import line, network
from dltutor_plugins.chapter04_backprop.network import Weights
from dltutor_plugins.chapter04_backprop.optimisers import Optimiser

Array = NDArray[np.float64]


class Problem(Protocol):
    """Weights, and the gradient of their loss by hand."""

    @property
    def weights(self) -> list[Array]: ...

    def gradient(self, x: Array, y: Array) -> list[Array]: ...


class XorByHand:
    """Networks 2-5-1 side by side."""

    def __init__(self, weights: Weights, activation: str) -> None:
        self.weights: list[Array] = list(weights)
        self.activation = activation

    def gradient(self, x: Array, y: Array) -> list[Array]:
        weights = Weights(*self.weights)
        values = network.forward(weights, x, self.activation)
        return list(
            network.backward(weights, values, x, y, self.activation)
        )


class LineByHand:
    """Bias and slope of a line, from (0, 0)."""

    def __init__(self) -> None:
        self.weights: list[Array] = [np.zeros(2)]

    def gradient(self, x: Array, y: Array) -> list[Array]:
        return [line.gradient(self.weights[0], x, y)]


class Twin:
    """Trains a problem by hand, and compares with what autograd found.

    ``difference`` is the largest difference of two gradients so far.
    """

    def __init__(self, problem: Problem, optimiser: Optimiser) -> None:
        self.problem, self.optimiser = problem, optimiser
        self.difference = 0.0

    def step(self, x: Array, y: Array, autograd: list[Array]) -> None:
        """A step by hand; ``autograd`` has the gradients from PyTorch."""
        by_hand = self.problem.gradient(x, y)
        far = largest_difference(by_hand, autograd)
        self.difference = max(self.difference, far)
        self.optimiser.step(self.problem.weights, by_hand)

    def state_dict(self) -> dict[str, Any]:
        """For checkpoints."""
        return {
            "weights": self.problem.weights,
            "optimiser": self.optimiser.state_dict(),
            "difference": self.difference,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        kept = state["weights"]
        for weight, value in zip(self.problem.weights, kept, strict=True):
            weight[...] = value
        self.optimiser.load_state_dict(state["optimiser"])
        self.difference = float(state["difference"])


def largest_difference(a: list[Array], b: list[Array]) -> float:
    """Of numbers at the same place; relative where they are above 1."""
    size = max(1.0, *(float(np.abs(p).max()) for p in a))
    pairs = zip(a, b, strict=True)
    return max(float(np.abs(p - q).max()) for p, q in pairs) / size
