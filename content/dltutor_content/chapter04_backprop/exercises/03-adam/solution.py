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
        self.m: list[np.ndarray] = []
        self.s: list[np.ndarray] = []

    def step(
        self, weights: list[np.ndarray], gradients: list[np.ndarray]
    ) -> None:
        """Changes the weights in place."""
        if self.t == 0:
            self.m = [np.zeros_like(w) for w in weights]
            self.s = [np.zeros_like(w) for w in weights]
        self.t += 1
        b1, b2 = self.betas
        pairs = zip(weights, gradients, self.m, self.s, strict=True)
        for w, g, m, s in pairs:
            m[...] = b1 * m + (1 - b1) * g
            s[...] = b2 * s + (1 - b2) * g * g
            mean = m / (1 - b1**self.t)
            size = np.sqrt(s / (1 - b2**self.t))
            w -= self.lr * mean / (size + self.eps)
