"""The best line through points: by formula, and by walking downhill."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Points(NamedTuple):
    """What is measured (``y``) at which place (``x``)."""

    x: Array
    """(N,) float64"""
    y: Array
    """(N,) float64"""


def builtin() -> Points:
    """100 points about y = 1 + x: x even in 0 to 4, noise of deviation 0.5."""
    generator = np.random.default_rng(4)
    x = generator.uniform(0, 4, 100)
    return Points(x, 1 + x + generator.normal(0, 0.5, 100))


def design(x: Array) -> Array:
    """A row (1, x) for each point, (N, 2): the 1 belongs to the bias."""
    return np.stack([np.ones_like(x), x], axis=1)


def normal_equation(x: Array, y: Array) -> Array:
    """Bias and slope (2,) of the line with the least squared error."""
    a = design(x)  # (N, 2)
    return np.linalg.solve(a.T @ a, a.T @ y).astype(np.float64)


def residual(theta: Array, x: Array, y: Array) -> Array:
    """What the line says, less what was measured: (N,)."""
    return design(x) @ theta - y


def loss(theta: Array, x: Array, y: Array) -> float:
    """Half of the mean squared residual, Σr² / (2N)."""
    r = residual(theta, x, y)
    return float(r @ r) / (2 * len(r))


def gradient(theta: Array, x: Array, y: Array) -> Array:
    """The loss's slope (2,) along the bias and along the slope."""
    return design(x).T @ residual(theta, x, y) / len(x)


def largest_rate(x: Array) -> float:
    """2/λ, with λ the largest eigenvalue of AᵀA/N: the limit for lr."""
    a = design(x)
    return 2 / float(np.linalg.eigvalsh(a.T @ a / len(x))[-1])


def descend(
    x: Array, y: Array, lr: float, most: int = 10_000, tol: float = 1e-8
) -> tuple[Array, int]:
    """Gradient descent from (0, 0): the line, and the steps it took."""
    theta = np.zeros(2)
    for step in range(most):
        g = gradient(theta, x, y)
        if np.linalg.norm(g) < tol:  # flat: this is the bottom
            return theta, step
        theta = theta - lr * g
    return theta, most


def norms(r: Array) -> tuple[float, float, float]:
    """Of a residual: Σ|r|, the root of Σr², the largest |r|."""
    a = np.abs(r)
    return float(a.sum()), float(np.sqrt(a @ a)), float(a.max())
