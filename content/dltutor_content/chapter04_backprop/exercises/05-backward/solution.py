"""A network 2-H-1 in NumPy."""

import numpy as np


def forward(
    w1: np.ndarray, b1: np.ndarray, w2: np.ndarray, b2: np.ndarray, x: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Hidden values (B, H) and probabilities (B, 1) for x (B, 2)."""
    h = np.tanh(x @ w1 + b1)
    p = 1 / (1 + np.exp(-(h @ w2 + b2)))
    return h, p


def loss(p: np.ndarray, y: np.ndarray) -> float:
    """Mean cross-entropy of probabilities (B, 1) for answers (B, 1)."""
    return float(-(y * np.log(p) + (1 - y) * np.log(1 - p)).mean())


def backward(
    w1: np.ndarray,
    b1: np.ndarray,
    w2: np.ndarray,
    b2: np.ndarray,
    x: np.ndarray,
    y: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The loss's gradients for w1, b1, w2, b2."""
    h, p = forward(w1, b1, w2, b2, x)
    dz2 = (p - y) / len(x)  # (B, 1)
    dw2 = h.T @ dz2  # (H, 1)
    db2 = dz2.sum(axis=0)  # (1,)
    dh = dz2 @ w2.T  # (B, H)
    dz1 = dh * (1 - h * h)  # (B, H)
    dw1 = x.T @ dz1  # (2, H)
    db1 = dz1.sum(axis=0)  # (H,)
    return dw1, db1, dw2, db2
