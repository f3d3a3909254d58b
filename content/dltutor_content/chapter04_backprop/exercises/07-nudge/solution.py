"""Gradients by nudging."""

from collections.abc import Callable

import numpy as np


def numerical(
    f: Callable[[np.ndarray], float], w: np.ndarray, h: float = 1e-5
) -> np.ndarray:
    """The slope of ``f`` along each number in ``w``."""
    w = w.astype(np.float64)  # a copy
    slope = np.empty_like(w)
    for place in np.ndindex(w.shape):
        kept = w[place]
        w[place] = kept + h
        above = f(w)
        w[place] = kept - h
        below = f(w)
        w[place] = kept
        slope[place] = (above - below) / (2 * h)
    return slope


def agrees(
    f: Callable[[np.ndarray], float],
    gradient: Callable[[np.ndarray], np.ndarray],
    w: np.ndarray,
) -> bool:
    """Whether ``gradient`` is that of ``f`` at ``w``."""
    return np.allclose(gradient(w), numerical(f, w), rtol=1e-5, atol=1e-8)
