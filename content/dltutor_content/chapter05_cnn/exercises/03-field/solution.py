"""Receptive fields of a stack of layers."""

from collections.abc import Sequence
from typing import NamedTuple


class Layer(NamedTuple):
    """A convolution or a pooling."""

    kernel: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1


def receptive_field(layers: Sequence[Layer]) -> int:
    """Pixels in a row that a cell of the last layer can see."""
    field, jump = 1, 1
    for layer in layers:
        field += layer.dilation * (layer.kernel - 1) * jump
        jump *= layer.stride  # for the layers that come after this one
    return field


def pixels(layers: Sequence[Layer], cell: int) -> tuple[int, int]:
    """The first and the last pixel that cell number ``cell`` can see."""
    first = last = cell
    for kernel, stride, padding, dilation in reversed(layers):
        first = first * stride - padding
        last = last * stride - padding + dilation * (kernel - 1)
    return first, last
