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
    # Your part: the gates, the candidate, the mixture.
    xn = from_x.chunk(3, dim=1)[2]
    hn = from_h.chunk(3, dim=1)[2]
    return torch.tanh(xn + hn)
