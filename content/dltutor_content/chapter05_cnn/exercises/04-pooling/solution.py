"""Pooling over windows, and over everything."""

from torch import Tensor, nn


def max_pool(x: Tensor, window: int) -> Tensor:
    """(B, C, H, W) to (B, C, H // window, W // window)."""
    rows, columns = (n // window for n in x.shape[2:])
    x = x[:, :, : rows * window, : columns * window]
    windows = x.unflatten(2, (rows, window)).unflatten(4, (columns, window))
    return windows.amax(dim=(3, 5))  # of (B, C, rows, w, columns, w)


class PooledHead(nn.Module):
    """Feature maps of any size to logits."""

    def __init__(self, channels: int, classes: int) -> None:
        super().__init__()
        self.linear = nn.Linear(channels, classes)

    def forward(self, maps: Tensor) -> Tensor:
        """(B, channels, H, W) to (B, classes)."""
        return self.linear(maps.mean(dim=(2, 3)))
