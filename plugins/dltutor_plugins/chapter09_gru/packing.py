"""Both directions by packed sequences: the other way to respect lengths."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


def both_ways(layer: nn.GRU, h: Tensor, lengths: Tensor) -> Tensor:
    """(B, T, D) to (B, T, 2 * H) by a bidirectional layer.

    Behind a row's length the result is 0.
    """
    packed = pack_padded_sequence(
        h, lengths.cpu(), batch_first=True, enforce_sorted=False
    )
    states, _ = pad_packed_sequence(
        layer(packed)[0], batch_first=True, total_length=h.shape[1]
    )
    return states


def joined(forwards: nn.GRU, backwards: nn.GRU) -> nn.GRU:
    """One bidirectional layer with the weights of two."""
    size, hidden = forwards.input_size, forwards.hidden_size
    layer = nn.GRU(size, hidden, batch_first=True, bidirectional=True)
    with torch.no_grad():
        for name, weight in forwards.named_parameters():
            getattr(layer, name).copy_(weight)
        for name, weight in backwards.named_parameters():
            getattr(layer, f"{name}_reverse").copy_(weight)
    return layer
