"""Polynomials by least squares."""

import numpy as np


def design(x: np.ndarray, degree: int) -> np.ndarray:
    """A column for each power of x: (N,) to float64 (N, degree + 1)."""
    # Your part: this is right for a line through the origin alone.
    return np.stack([x], axis=1)


def fit(x: np.ndarray, y: np.ndarray, degree: int) -> np.ndarray:
    """Coefficients with the least squared error, (degree + 1,)."""
    a = design(x, degree)
    # Your part.
    return a.T @ y
