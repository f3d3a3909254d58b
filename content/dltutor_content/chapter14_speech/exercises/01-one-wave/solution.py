"""What a reader of sound files gives, as one wave."""

import torch
from torch import Tensor


def one_wave(samples: Tensor) -> Tensor:
    """(n,) or (n, channels), int16 or float32, to float32 (n,)."""
    if samples.dtype == torch.int16:
        samples = samples.float() / 32768
    return samples.mean(dim=1) if samples.dim() == 2 else samples
