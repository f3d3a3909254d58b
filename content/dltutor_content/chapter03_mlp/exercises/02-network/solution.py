"""A multilayer perceptron of any widths."""

from collections.abc import Sequence
from itertools import pairwise

from torch import Tensor, nn


class MLP(nn.Module):
    """Pictures to logits; ``widths`` goes from the pixels to the classes."""

    def __init__(self, widths: Sequence[int]) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            nn.Linear(n, m) for n, m in pairwise(widths)
        )

    def forward(self, x: Tensor) -> Tensor:
        """(B, ...) with widths[0] values each to (B, widths[-1])."""
        x = x.flatten(1)  # (B, widths[0])
        *hidden, last = self.layers
        for layer in hidden:
            x = layer(x).relu()
        return last(x)


def count_parameters(model: nn.Module) -> int:
    """How many numbers are trained."""
    return sum(p.numel() for p in model.parameters() if p.requires_grad)
