"""Gradient descent that ends when there is little left to gain."""

from collections.abc import Callable

import numpy as np


def minimise(
    loss: Callable[[np.ndarray], float],
    gradient: Callable[[np.ndarray], np.ndarray],
    start: np.ndarray,
    lr: float,
    tol: float = 1e-10,
    most: int = 10_000,
) -> tuple[np.ndarray, int]:
    """From ``start`` downhill; returns the parameters and the steps taken."""
    theta = np.array(start, dtype=np.float64)
    previous = loss(theta)
    for step in range(1, most + 1):
        theta = theta - lr * gradient(theta)
        now = loss(theta)
        if abs(previous - now) < tol:
            return theta, step
        previous = now
    return theta, most
