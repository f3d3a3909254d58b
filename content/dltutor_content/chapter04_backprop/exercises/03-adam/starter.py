"""Adam in NumPy."""

import numpy as np


class Adam:
    """Kingma and Ba (2015), algorithm 1."""

    def __init__(
        self,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
    ) -> None:
        self.lr, self.betas, self.eps = lr, betas, eps
        self.t = 0

    def step(
        self, weights: list[np.ndarray], gradients: list[np.ndarray]
    ) -> None:
        """Changes the weights in place."""
        # Your part: this is plain gradient descent.
        for w, g in zip(weights, gradients, strict=True):
            w -= self.lr * g
