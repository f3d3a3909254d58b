"""A residual block with ReLU before the convolutions."""

from torch import Tensor, nn


class PreBlock(nn.Module):
    """(B, channels, H, W), shape kept: x + F(x)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)
        self.relu = nn.ReLU(channels)

    def forward(self, x: Tensor) -> Tensor:
        out = self.conv1(self.relu(x))
        out = self.conv2(self.relu(out))
        return x + out
