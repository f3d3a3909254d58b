"""Which samples make which batch: shuffled, sharded over processes, cut to pieces, resumable.

The order of an epoch depends on the seed, the epoch and the loop alone, so a resumed run
needs no more than the number of batches that are done.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Piece:
    """Samples that this process computes at once."""

    index: Tensor
    """(n,) int64, positions in the set"""
    weight: float
    """this piece's share of the gradient: with it, the sum over pieces and the mean over
    processes is the gradient of the whole batch's mean"""
    samples: int
    """how many of them count; 0 for a process that only keeps step"""
    total: int
    """samples of the whole batch, over all processes"""
    first: bool
    last: bool
    """the last piece of its batch: the optimiser steps after it"""


class Plan(Sequence[list[int]]):
    """The batches of a loop that are left for this process, as lists of positions in the set.

    What torch calls a batch sampler. ``loop`` and ``batches`` (all of the loop, also those that
    are done) are for the run.
    """

    def __init__(self, pieces: list[Piece], loop: int, batches: int) -> None:
        self.pieces = pieces
        self.loop = loop
        self.batches = batches

    def __len__(self) -> int:
        return len(self.pieces)

    @overload
    def __getitem__(self, i: int) -> list[int]: ...

    @overload
    def __getitem__(self, i: slice) -> list[list[int]]: ...

    def __getitem__(self, i: int | slice) -> list[int] | list[list[int]]:
        if isinstance(i, slice):
            return [piece.index.tolist() for piece in self.pieces[i]]
        positions: list[int] = self.pieces[i].index.tolist()
        return positions


def order(
    count: int,
    batch_size: int,
    *,
    seed: int,
    epoch: int,
    loop: int,
    shuffle: bool,
    lengths: Sequence[int] | None = None,
) -> list[Tensor]:
    """The batches of an epoch, as positions in the set: tensors (<= batch_size,) of int64.

    With ``lengths`` samples of like length share a batch (so that little is padding) and the
    batches are shuffled; which samples are neighbours changes with the epoch.
    """
    generator = torch.Generator().manual_seed(((seed * 1_000_003 + epoch) * 101 + loop) % 2**63)
    if lengths is None:
        index = torch.randperm(count, generator=generator) if shuffle else torch.arange(count)
        return list(torch.split(index, batch_size))
    length = torch.as_tensor(lengths, dtype=torch.float32)
    noise = torch.rand(count, generator=generator) if shuffle else torch.zeros(count)
    batches = list(torch.split((length + noise).argsort(stable=True), batch_size))
    if shuffle:
        batches = [batches[i] for i in torch.randperm(len(batches), generator=generator).tolist()]
    return batches


def pieces(batch: Tensor, *, rank: int, world: int, micro: int) -> Iterator[Piece]:
    """This process's share of a batch, in at most ``micro`` pieces."""
    total = len(batch)
    if world == micro == 1:
        yield Piece(batch, 1.0, total, total, True, True)
        return
    mine = batch.tensor_split(world)[rank]
    if len(mine) == 0:
        # fewer samples than processes: compute one that counts for nothing, so that the
        # processes still meet in the exchange of gradients
        yield from (Piece(batch[:1], 0.0, 0, total, i == 0, i == micro - 1) for i in range(micro))
        return
    parts = [p for p in mine.tensor_split(micro) if len(p)]
    # every process makes the same number of exchanges
    idle = micro - len(parts) if world > 1 else 0
    last = len(parts) + idle - 1
    for i, part in enumerate(parts):
        yield Piece(part, len(part) * world / total, len(part), total, i == 0, i == last)
    for i in range(len(parts), len(parts) + idle):
        yield Piece(mine[:1], 0.0, 0, total, False, i == last)
