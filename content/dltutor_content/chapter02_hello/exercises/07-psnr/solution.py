"""How near pictures are to the clean ones, in dB."""

import torch
from torch import Tensor


def psnr(pictures: Tensor, clean: Tensor, peak: float = 1.0) -> Tensor:
    """Pictures (N, C, H, W) and the clean ones to (N,), in dB."""
    error = (pictures.float() - clean.float()) / peak
    mse = error.square().flatten(1).mean(dim=1)
    return -10 * torch.log10(mse.clamp(min=1e-10))
