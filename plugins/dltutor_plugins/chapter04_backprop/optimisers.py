"""Four ways to make a step, written out in NumPy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Optimiser(Protocol):
    """Changes weights in place, given the gradient of each."""

    def step(
        self, weights: Sequence[Array], gradients: Sequence[Array]
    ) -> None: ...

    def state_dict(self) -> dict[str, Any]: ...

    def load_state_dict(self, state: dict[str, Any]) -> None: ...


class Descent:
    """Gradient descent: w ← w - lr·g."""

    def __init__(self, lr: float) -> None:
        self.lr = lr

    def step(
        self, weights: Sequence[Array], gradients: Sequence[Array]
    ) -> None:
        for w, g in zip(weights, gradients, strict=True):
            w -= self.lr * g

    def state_dict(self) -> dict[str, Any]:
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Gradient descent remembers nothing."""


class Momentum:
    """A velocity that keeps nine tenths of itself: v ← βv + g, w ← w - lr·v.

    This is PyTorch's convention; Polyak (1964) has lr inside of v.
    """

    def __init__(self, lr: float, beta: float = 0.9) -> None:
        self.lr, self.beta = lr, beta
        self.v: list[Array] = []

    def step(
        self, weights: Sequence[Array], gradients: Sequence[Array]
    ) -> None:
        self.v = self.v or [np.zeros_like(w) for w in weights]
        for w, g, v in zip(weights, gradients, self.v, strict=True):
            v *= self.beta
            v += g
            w -= self.lr * v

    def state_dict(self) -> dict[str, Any]:
        return {"v": self.v}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.v = list(state["v"])


class Adam:
    """A step whose size hardly depends on that of the gradient.

    ``m`` is the running mean of g, ``s`` that of g². Both begin at 0,
    hence the division by 1 - β^t. Kingma and Ba (2015), algorithm 1.
    """

    def __init__(
        self,
        lr: float,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
    ) -> None:
        self.lr, self.betas, self.eps = lr, betas, eps
        self.m: list[Array] = []
        self.s: list[Array] = []
        self.t = 0

    def step(
        self, weights: Sequence[Array], gradients: Sequence[Array]
    ) -> None:
        self.m = self.m or [np.zeros_like(w) for w in weights]
        self.s = self.s or [np.zeros_like(w) for w in weights]
        self.t += 1
        b1, b2 = self.betas
        pairs = zip(weights, gradients, self.m, self.s, strict=True)
        for w, g, m, s in pairs:
            m += (1 - b1) * (g - m)
            s += (1 - b2) * (g * g - s)
            mean = m / (1 - b1**self.t)
            size = np.sqrt(s / (1 - b2**self.t))
            w -= self.lr * mean / (size + self.eps)

    def state_dict(self) -> dict[str, Any]:
        return {"m": self.m, "s": self.s, "t": self.t}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.m, self.s = list(state["m"]), list(state["s"])
        self.t = int(state["t"])


BY_HAND: dict[str, Callable[[float], Optimiser]] = {
    "descent": Descent,
    "momentum": Momentum,
    "adam": Adam,
}


def line_search(
    f: Callable[[Array], float],
    w: Array,
    g: Array,
    first: float,
    enough: float = 1e-4,
) -> tuple[Array, float]:
    """A step against the gradient that is halved until it pays.

    It pays when f falls by at least ``enough`` of what the slope
    promises: f(w - t·g) <= f(w) - enough·t·|g|² (Armijo, 1966).
    Returns the new point and t; (w, 0.0) where no step pays.
    """
    here, slope, t = f(w), float(g @ g), first
    while t * np.sqrt(slope) > 1e-14:
        new = w - t * g
        if f(new) <= here - enough * t * slope:
            return new, t
        t /= 2
    return w, 0.0
