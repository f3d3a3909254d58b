"""One step of a gated recurrent unit."""

import torch
from torch import Tensor


def step(
    x: Tensor,
    h: Tensor,
    w_ih: Tensor,
    w_hh: Tensor,
    b_ih: Tensor,
    b_hh: Tensor,
) -> Tensor:
    """x (B, D), h (B, H) to the new state (B, H)."""
    from_x = x @ w_ih.T + b_ih  # (B, 3 * H)
    from_h = h @ w_hh.T + b_hh  # (B, 3 * H)
    xr, xz, xn = from_x.chunk(3, dim=1)
    hr, hz, hn = from_h.chunk(3, dim=1)
    r = torch.sigmoid(xr + hr)
    z = torch.sigmoid(xz + hz)
    n = torch.tanh(xn + r * hn)
    return (1 - z) * n + z * h
