"""A measure that is fair to the rare class."""

import torch
from torch import Tensor


def macro_f1(batches: list[tuple[Tensor, Tensor]]) -> float:
    """The mean over the classes of their F1, 0 to 1."""
    # Your part.
    shares = [(z.argmax(dim=1) == y).float().mean() for z, y in batches]
    return float(torch.stack(shares).mean())
