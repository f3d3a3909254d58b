"""A Dataset with noise."""

import torch
from torch import Tensor
from torch.utils.data import Dataset


class Noisy(Dataset):
    """The rows of ``x`` with fresh noise in every epoch."""

    def __init__(self, x: Tensor, strength: float, seed: int) -> None:
        self.x = x  # (N, ...)
        self.strength = strength
        self.seed = seed
        self.epoch = 0
        self.generator = torch.Generator().manual_seed(seed)

    def __len__(self) -> int:
        return len(self.x)

    def __getitem__(self, i: int) -> Tensor:
        x = self.x[i]
        noise = torch.randn(x.shape, generator=self.generator)
        return x + self.strength * noise
