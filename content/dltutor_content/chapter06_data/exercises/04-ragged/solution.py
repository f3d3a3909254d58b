"""Sequences of different lengths in one batch."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence


def collate(
    samples: Sequence[tuple[Tensor, int]], padding: float = 0.0
) -> tuple[Tensor, Tensor, Tensor]:
    """Samples to sequences (B, T), lengths (B,) and classes (B,)."""
    x, y = zip(*samples, strict=True)
    lengths = torch.tensor([len(sequence) for sequence in x])
    padded = pad_sequence(
        list(x), batch_first=True, padding_value=padding
    )
    return padded, lengths, torch.tensor(y)


def mean_of(padded: Tensor, lengths: Tensor) -> Tensor:
    """The mean of each sequence: (B, T) and (B,) to (B,)."""
    true = torch.arange(padded.shape[1]) < lengths[:, None]  # (B, T)
    return torch.where(true, padded, 0.0).sum(dim=1) / lengths
