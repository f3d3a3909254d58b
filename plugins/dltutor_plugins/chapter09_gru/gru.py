"""A gated recurrent unit, written out; equal to nn.GRUCell and nn.GRU."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import linear


class Gates(NamedTuple):
    """What one step computes on the way to the new state, each (B, H)."""

    reset: Tensor
    """0: the candidate does not see the old state"""
    update: Tensor
    """1: the old state stays as it is (PyTorch's convention)"""
    candidate: Tensor
    """-1 to 1, what the new state would be"""
    state: Tensor


class GRUCell(nn.Module):
    """One step: (B, D) and the state (B, H) to the next state (B, H).

    The parameters have the names, shapes and order of nn.GRUCell: the rows
    of each matrix are those of reset, update and candidate.
    """

    def __init__(self, inputs: int, hidden: int) -> None:
        super().__init__()
        limit = 1 / math.sqrt(hidden)

        def numbers(*shape: int) -> nn.Parameter:
            return nn.Parameter(torch.empty(shape).uniform_(-limit, limit))

        self.hidden = hidden
        self.weight_ih = numbers(3 * hidden, inputs)
        self.weight_hh = numbers(3 * hidden, hidden)
        self.bias_ih = numbers(3 * hidden)
        self.bias_hh = numbers(3 * hidden)

    def gates(self, x: Tensor, h: Tensor) -> Gates:
        """Both gates, the candidate and the new state."""
        from_x = linear(x, self.weight_ih, self.bias_ih)  # (B, 3 * H)
        from_h = linear(h, self.weight_hh, self.bias_hh)
        xr, xz, xn = from_x.chunk(3, dim=1)  # three times (B, H)
        hr, hz, hn = from_h.chunk(3, dim=1)
        r = torch.sigmoid(xr + hr)
        z = torch.sigmoid(xz + hz)
        n = torch.tanh(xn + r * hn)
        return Gates(r, z, n, (1 - z) * n + z * h)

    def forward(self, x: Tensor, h: Tensor) -> Tensor:
        """The new state alone."""
        return self.gates(x, h).state


def unroll(cell: GRUCell, x: Tensor) -> list[Gates]:
    """One step for each place of (B, T, D), from a state of zeros."""
    h = x.new_zeros(len(x), cell.hidden)
    steps = []
    for t in range(x.shape[1]):
        steps.append(cell.gates(x[:, t], h))
        h = steps[-1].state
    return steps


def cell_of(layer: nn.GRU) -> GRUCell:
    """A layer's weights in a cell of ours; the same numbers."""
    cell = GRUCell(layer.input_size, layer.hidden_size)
    names = [name for name, _ in cell.named_parameters()]
    cell.load_state_dict({n: getattr(layer, f"{n}_l0") for n in names})
    return cell
