"""Batches to train and to test with."""

from collections.abc import Callable

import torch
from torch import Tensor

Batches = list[tuple[Tensor, Tensor]]
Read = Callable[[bool], tuple[Tensor, Tensor]]


def batches(
    read: Read, batch_size: int, train: bool = True, seed: int = 0
) -> Batches:
    """Pictures (B, ...) and labels (B,); shuffled when they are to train."""
    x, y = read(train)
    order = torch.arange(len(y))
    if train:
        generator = torch.Generator().manual_seed(seed)
        order = torch.randperm(len(y), generator=generator)
    return [(x[i], y[i]) for i in order.split(batch_size)]


def loaders(
    read: Read, batch_size: int, seed: int = 0
) -> tuple[Batches, Batches]:
    """The batches of the training set and those of the test set."""
    to_train = batches(read, batch_size, seed=seed)
    to_test = batches(read, batch_size)
    return to_train, to_test
