"""Random numbers in workers: a dataset that repeats itself, and its cure."""

from __future__ import annotations

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset, get_worker_info


class OwnNoise(Dataset[int]):
    """Four samples; each is a number from a generator of its own."""

    def __init__(self) -> None:
        self.random = np.random.default_rng(0)

    def __len__(self) -> int:
        return 4

    def __getitem__(self, i: int) -> int:
        return int(self.random.integers(1000))


def reseed(_: int) -> None:
    """A ``worker_init_fn``: this worker's own seed, new every epoch."""
    worker = get_worker_info()
    if worker is not None and isinstance(worker.dataset, OwnNoise):
        worker.dataset.random = np.random.default_rng(worker.seed)


def two_epochs(workers: int, *, cured: bool = False) -> list[list[int]]:
    """What two epochs of ``OwnNoise`` bring."""
    numbers = DataLoader(
        OwnNoise(),
        batch_size=1,
        num_workers=workers,
        worker_init_fn=reseed if cured else None,
        generator=torch.Generator().manual_seed(0),
    )
    return [[int(batch) for batch in numbers] for _ in range(2)]
