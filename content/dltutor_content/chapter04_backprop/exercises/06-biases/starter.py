"""A multilayer perceptron of any widths."""

from collections.abc import Sequence
from itertools import pairwise

from torch import Tensor, nn


class Network(nn.Module):
    """Linear layers with an activation between: (B, widths[0]) to (B, widths[-1])."""

    def __init__(
        self, widths: Sequence[int], activation: type[nn.Module] = nn.Tanh
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for n, m in pairwise(widths):
            if layers:
                layers.append(activation())
            layers.append(nn.Linear(n, m, bias=not layers))
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x)
