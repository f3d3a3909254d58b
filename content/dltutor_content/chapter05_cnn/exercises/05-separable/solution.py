"""A convolution in two cheap steps."""

from torch import Tensor, nn


class Separable(nn.Module):
    """Depthwise, then pointwise; rows and columns stay."""

    def __init__(
        self, n: int, m: int, kernel: int = 3, dilation: int = 1
    ) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(
            n,
            n,
            kernel,
            padding=dilation * (kernel - 1) // 2,
            dilation=dilation,
            groups=n,
            bias=False,
        )
        self.pointwise = nn.Conv2d(n, m, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(B, n, H, W) to (B, m, H, W)."""
        return self.pointwise(self.depthwise(x))


def plain_count(n: int, m: int, kernel: int) -> int:
    """Parameters of a plain convolution from n channels to m."""
    return m * (n * kernel * kernel + 1)


def separable_count(n: int, m: int, kernel: int) -> int:
    """Parameters of Separable(n, m, kernel)."""
    return n * kernel * kernel + m * (n + 1)
