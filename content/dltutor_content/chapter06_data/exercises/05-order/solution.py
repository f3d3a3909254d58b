"""The batches of an epoch, in an order that can be had again."""

from collections.abc import Iterator

import torch


class Batches:
    """A batch sampler: lists of positions in a set of ``count``."""

    def __init__(self, count: int, batch_size: int, seed: int) -> None:
        self.count = count
        self.batch_size = batch_size
        self.seed = seed
        self.epoch = 0
        self.done = 0

    def __len__(self) -> int:
        return -(-self.count // self.batch_size) - self.done

    def __iter__(self) -> Iterator[list[int]]:
        mixed = self.seed * 1_000_003 + self.epoch
        generator = torch.Generator().manual_seed(mixed)
        order = torch.randperm(self.count, generator=generator)
        for places in order.split(self.batch_size)[self.done :]:
            yield places.tolist()
