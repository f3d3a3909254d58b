"""Two networks to compare."""

from torch import nn


def two_networks(
    channels: int = 12, classes: int = 10
) -> tuple[nn.Sequential, nn.Sequential]:
    """A plain and a separable network with the same shapes throughout."""

    def network(*middle: nn.Module) -> nn.Sequential:
        first = nn.Conv2d(1, channels, 7)  # -> (B, channels, 22, 22)
        last = nn.Linear(channels, classes)
        pool = nn.AdaptiveAvgPool2d(1)
        body = [first, nn.ReLU(), *middle, nn.ReLU(), pool, nn.Flatten()]
        return nn.Sequential(*body, last)

    plain = network(nn.Conv2d(channels, channels, 5))
    separable = network(
        nn.Conv2d(channels, channels, 3, dilation=2, groups=channels),
        nn.Conv2d(channels, channels, 1),
    )
    return plain, separable


def count(model: nn.Module) -> int:
    """How many numbers are trained."""
    return sum(p.numel() for p in model.parameters() if p.requires_grad)
