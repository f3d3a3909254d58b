"""How large the gradient is in each convolution."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def gradient_norms(model: nn.Module, x: Tensor, y: Tensor) -> dict[str, float]:
    """Pictures x (B, ...), labels y (B,); norms by the name of the layer."""
    layers = {
        name: module
        for name, module in model.named_modules()
        if isinstance(module, nn.Conv2d)
    }
    loss = F.cross_entropy(model(x), y)
    weights = [layer.weight for layer in layers.values()]
    gradients = torch.autograd.grad(loss, weights)
    return {
        name: g.norm().item()
        for name, g in zip(layers, gradients, strict=True)
    }


def spread(norms: dict[str, float]) -> float:
    """The largest gradient over the smallest."""
    return max(norms.values()) / min(norms.values())
