"""Pooling over windows, and over everything."""

from torch import Tensor, nn


def max_pool(x: Tensor, window: int) -> Tensor:
    """(B, C, H, W) to (B, C, H // window, W // window)."""
    # Your part. This looks at the corner of each window only.
    return x[:, :, ::window, ::window]


class PooledHead(nn.Module):
    """Feature maps of any size to logits."""

    def __init__(self, channels: int, classes: int) -> None:
        super().__init__()
        # Your part: how many numbers are there for each picture?
        self.linear = nn.Linear(channels * 16 * 16, classes)

    def forward(self, maps: Tensor) -> Tensor:
        """(B, channels, H, W) to (B, classes)."""
        return self.linear(maps.flatten(1))
