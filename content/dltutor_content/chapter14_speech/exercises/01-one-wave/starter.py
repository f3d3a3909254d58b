"""What a reader of sound files gives, as one wave."""

import torch
from torch import Tensor


def one_wave(samples: Tensor) -> Tensor:
    """(n,) or (n, channels), int16 or float32, to float32 (n,)."""
    # Your part.
    return samples.reshape(-1).to(torch.float32)
