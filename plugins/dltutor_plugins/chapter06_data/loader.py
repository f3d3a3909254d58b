"""From a Dataset to batches: by hand, by a DataLoader, and without one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader, Dataset

from dltutor_plugins.chapter06_data.data import Pictures

if TYPE_CHECKING:
    from dltutor.training.run import Run
    from dltutor_plugins.chapter06_data.config import Config

Batch = tuple[Tensor, Tensor]
"""pictures (B, 1, 28, 28) uint8, classes (B,) int64"""


def by_hand(
    data: Dataset[tuple[Tensor, int]],
    count: int,
    batch_size: int,
    generator: torch.Generator,
) -> Iterator[Batch]:
    """What a DataLoader without workers does, in four lines."""
    order = torch.randperm(count, generator=generator)  # sampler
    for places in torch.split(order, batch_size):  # batch sampler
        samples = [data[i] for i in places.tolist()]  # fetcher
        yield collate(samples)


def collate(samples: Sequence[tuple[Tensor, int]]) -> Batch:
    """B samples to two tensors, (B, 1, 28, 28) and (B,)."""
    x, y = zip(*samples, strict=True)
    return torch.stack(x), torch.tensor(y)


def ragged(
    samples: Sequence[tuple[Tensor, int]],
) -> tuple[Tensor, Tensor, Tensor]:
    """Sequences (T_i, ...) to one tensor (B, T, ...), T the longest.

    Beside it the true lengths (B,) and the labels (B,): the zeros at the
    ends are padding, and nothing else could tell.
    """
    x, y = zip(*samples, strict=True)
    lengths = torch.tensor([len(sequence) for sequence in x])
    padded = pad_sequence(list(x), batch_first=True)
    return padded, lengths, torch.tensor(y)


def make_loader(
    data: Pictures, batches: Sequence[list[int]], workers: int, pin: bool
) -> DataLoader[tuple[Tensor, int]]:
    """Fetches the given lists of positions, in their order."""
    return DataLoader(
        data,
        batch_sampler=batches,
        num_workers=workers,  # processes that fetch ahead
        pin_memory=pin,  # for copies to a GPU that nobody waits for
        generator=torch.Generator(),  # leaves the global one alone
    )


def feed(
    run: Run, data: Pictures, config: Config, epoch: int
) -> Iterator[Batch]:
    """The batches of an epoch that are left, on the run's device."""
    if config.loader == "tensors":
        yield from indexed(run, data, config.batch_size)
        return
    data.epoch = epoch  # before the workers get their copies
    plan = run.plan(len(data), config.batch_size)  # lists of positions
    pin = run.device.type == "cuda"
    loader = make_loader(data, plan, config.workers, pin)
    for x, y in run.follow(plan, loader):
        yield (
            x.to(run.device, non_blocking=True),
            y.to(run.device, non_blocking=True),
        )


def indexed(run: Run, data: Pictures, batch_size: int) -> Iterator[Batch]:
    """The same without a loader: the set lies whole on the device.

    The random change is drawn once for all pictures of a batch.
    """
    resident = data.x.to(run.device), data.y.to(run.device)
    for x, y in run.batches(resident, batch_size):
        yield data.transform(x) if data.transform else x, y
