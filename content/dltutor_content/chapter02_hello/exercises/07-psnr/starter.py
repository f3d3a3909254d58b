"""How near pictures are to the clean ones, in dB."""

import torch
from torch import Tensor


def psnr(pictures: Tensor, clean: Tensor, peak: float = 1.0) -> Tensor:
    """Pictures (N, C, H, W) and the clean ones to (N,), in dB."""
    # Your part: this is one figure for the whole batch, for a peak of 1.
    mse = ((pictures - clean) ** 2).mean()
    return -10 * torch.log10(mse)
