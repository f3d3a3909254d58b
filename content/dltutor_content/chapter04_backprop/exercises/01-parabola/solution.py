"""Polynomials by least squares."""

import numpy as np


def design(x: np.ndarray, degree: int) -> np.ndarray:
    """A column for each power of x: (N,) to float64 (N, degree + 1)."""
    x = x.astype(np.float64)
    return np.stack([x**k for k in range(degree + 1)], axis=1)


def fit(x: np.ndarray, y: np.ndarray, degree: int) -> np.ndarray:
    """Coefficients with the least squared error, (degree + 1,)."""
    a = design(x, degree)
    return np.linalg.solve(a.T @ a, a.T @ y)
