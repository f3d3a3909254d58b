"""The convolutional networks of chapter 5, and what they cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from dltutor_plugins.chapter05_cnn.config import Config


class CNN(nn.Module):
    """Three convolutions and a linear layer: (B, 1, 28, 28) to logits.

    ``variant`` is "plain" or "separable". ``head`` is "flatten" (the linear
    layer gets every cell of every channel) or "pool" (each channel's mean).
    """

    def __init__(
        self,
        variant: str = "plain",
        head: str = "flatten",
        classes: int = 10,
    ) -> None:
        super().__init__()
        self.features = plain() if variant == "plain" else separable()
        pool = head == "pool"
        self.squeeze = nn.AdaptiveAvgPool2d(1) if pool else nn.Identity()
        self.head = nn.Linear(6 if pool else 6 * 16 * 16, classes)

    def forward(self, x: Tensor) -> Tensor:
        """Pictures (B, 1, 28, 28), 0 to 1, to logits (B, classes)."""
        maps = self.features(x)  # (B, 6, 16, 16)
        flat = self.squeeze(maps).flatten(1)  # (B, 1536) or (B, 6)
        logits: Tensor = self.head(flat)
        return logits


def plain() -> nn.Sequential:
    """Three plain convolutions, no padding: 28 - 6 - 4 - 2 = 16."""
    return nn.Sequential(
        nn.Conv2d(1, 12, 7),  # (B, 1, 28, 28) -> (B, 12, 22, 22)
        nn.ReLU(),
        nn.Conv2d(12, 24, 5),  # -> (B, 24, 18, 18)
        nn.ReLU(),
        nn.Conv2d(24, 6, 3),  # -> (B, 6, 16, 16)
        nn.ReLU(),
    )


def separable() -> nn.Sequential:
    """The same shapes; the second and third convolution are separable."""
    return nn.Sequential(
        nn.Conv2d(1, 12, 7),  # one channel: nothing to separate
        nn.ReLU(),
        depthwise_separable(12, 24, 3, dilation=2),  # reaches 5 x 5
        nn.ReLU(),
        depthwise_separable(24, 6, 3),
        nn.ReLU(),
    )


def depthwise_separable(
    channels: int, out: int, kernel: int, dilation: int = 1
) -> nn.Sequential:
    """Looks around within each channel, then mixes the channels in place.

    The first layer has no bias: the second would only carry it along.
    """
    return nn.Sequential(
        nn.Conv2d(
            channels,
            channels,
            kernel,
            dilation=dilation,
            groups=channels,
            bias=False,
        ),
        nn.Conv2d(channels, out, 1),
    )


def dense(classes: int = 10) -> nn.Sequential:
    """The perceptron 784-312-256-10 of chapter 3, to compare with."""
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 312),
        nn.ReLU(),
        nn.Linear(312, 256),
        nn.ReLU(),
        nn.Linear(256, classes),
    )


def count_parameters(model: nn.Module) -> int:
    """How many numbers the optimiser may change."""
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


@torch.no_grad()
def multiply_adds(model: nn.Module, example: Tensor) -> int:
    """Multiplications with a weight for one picture (1, 1, 28, 28).

    Each output cell of a convolution uses every weight of its filter once.
    """
    total = 0

    def count(layer: nn.Module, _: object, out: Tensor) -> None:
        nonlocal total
        assert isinstance(layer.weight, Tensor)
        total += out.numel() * layer.weight[0].numel()  # of one output

    hooks = [
        layer.register_forward_hook(count)
        for layer in model.modules()
        if isinstance(layer, nn.Conv2d | nn.Linear)
    ]
    model(example)
    for hook in hooks:
        hook.remove()
    return total


def for_table(config: Config) -> tuple[CNN, Tensor]:
    """The model and one input, for the layer table and the model file."""
    return CNN(config.variant, config.head), torch.zeros(1, 1, 28, 28)
