"""A network 2-5-1 by hand: forward, loss, and backward, in NumPy alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
"""the four questions of XOR, (4, 2)"""
Y = np.array([[0.0], [1.0], [1.0], [0.0]])
"""their answers, (4, 1)"""
HIDDEN = 5


class Weights(NamedTuple):
    """Of one network; or of many, with an axis for them in front."""

    w1: Array
    """(..., 2, 5)"""
    b1: Array
    """(..., 1, 5)"""
    w2: Array
    """(..., 5, 1)"""
    b2: Array
    """(..., 1, 1)"""


class Values(NamedTuple):
    """All that a forward pass computes; the backward pass needs it again."""

    z1: Array
    """(..., B, 5)"""
    h: Array
    """(..., B, 5)"""
    z2: Array
    """(..., B, 1), the logit"""
    p: Array
    """(..., B, 1), the probability of a 1"""


def sigmoid(z: Array) -> Array:
    """1 / (1 + e^-z); as a tanh, which never overflows."""
    return 0.5 + 0.5 * np.tanh(0.5 * z)


class Activation(NamedTuple):
    """A function of a hidden unit, and its slope as h = f(z) tells it."""

    f: Callable[[Array], Array]
    slope: Callable[[Array], Array]


def relu(z: Array) -> Array:
    """What is above zero; zero otherwise."""
    return np.maximum(z, 0.0)


ACTIVATIONS = {
    "sigmoid": Activation(sigmoid, lambda h: h * (1 - h)),
    "tanh": Activation(np.tanh, lambda h: 1 - h * h),
    "relu": Activation(relu, lambda h: (h > 0).astype(np.float64)),
}


def create(seed: int) -> Weights:
    """Even in ±1/√n for n inputs, as ``nn.Linear`` does for a bias too."""
    generator = np.random.default_rng(seed)

    def even(n: int, *shape: int) -> Array:
        numbers: Array = generator.uniform(-1, 1, shape) / np.sqrt(n)
        return numbers

    return Weights(
        even(2, 2, HIDDEN),
        even(2, 1, HIDDEN),
        even(HIDDEN, HIDDEN, 1),
        even(HIDDEN, 1, 1),
    )


def stack(networks: Iterable[Weights]) -> Weights:
    """Many networks as one, with an axis for them in front."""
    return Weights(*map(np.stack, zip(*networks, strict=True)))


def forward(weights: Weights, x: Array, activation: str) -> Values:
    """Inputs (B, 2) to probabilities (..., B, 1), and all between."""
    z1 = x @ weights.w1 + weights.b1  # (..., B, 5)
    h = ACTIVATIONS[activation].f(z1)
    z2 = h @ weights.w2 + weights.b2  # (..., B, 1)
    return Values(z1, h, z2, sigmoid(z2))


def loss(values: Values, y: Array) -> Array:
    """Mean cross-entropy of each network, (...): log(1 + e^z) - y·z."""
    z = values.z2
    each: Array = np.logaddexp(0, z) - y * z
    mean: Array = each.mean(axis=(-2, -1))
    return mean


def backward(
    weights: Weights, values: Values, x: Array, y: Array, activation: str
) -> Weights:
    """The loss's gradient for each weight, by the chain rule."""
    slope = ACTIVATIONS[activation].slope
    dz2 = (values.p - y) / len(x)  # (..., B, 1)
    dw2 = turn(values.h) @ dz2  # (..., 5, 1)
    db2 = dz2.sum(axis=-2, keepdims=True)  # (..., 1, 1)
    dh = dz2 @ turn(weights.w2)  # (..., B, 5)
    dz1 = dh * slope(values.h)  # (..., B, 5)
    dw1 = x.T @ dz1  # (..., 2, 5)
    db1 = dz1.sum(axis=-2, keepdims=True)  # (..., 1, 5)
    return Weights(dw1, db1, dw2, db2)


def turn(a: Array) -> Array:
    """Each matrix transposed; the axes in front stay."""
    return np.swapaxes(a, -1, -2)


def learnt(p: Array) -> NDArray[np.bool_]:
    """Which networks (...) are within 0.1 of all four answers of XOR."""
    near: NDArray[np.bool_] = (np.abs(p - Y) < 0.1).all(axis=(-2, -1))
    return near


def numerical(
    f: Callable[[], float], weight: Array, h: float = 1e-6
) -> Array:
    """The slope of ``f`` along each number in ``weight``, by nudging it.

    Central differences, (f(w + h) - f(w - h)) / 2h; ``f`` reads ``weight``.
    """
    slope = np.empty_like(weight)
    for place in np.ndindex(weight.shape):
        kept = weight[place]
        weight[place] = kept + h
        above = f()
        weight[place] = kept - h
        slope[place] = (above - f()) / (2 * h)
        weight[place] = kept
    return slope
