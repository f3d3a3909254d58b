"""Convolution as the sum it is, one cell after the other. Needs no torch."""

from __future__ import annotations

from collections.abc import Sequence

Grid = Sequence[Sequence[float]]
"""rows of numbers, all rows equally long"""


def window(
    x: Grid, size: tuple[int, int], row: int, column: int, dilation: int = 1
) -> list[list[float]]:
    """The numbers of ``x`` below a kernel of that size at a corner.

    With a dilation of 2 every second row and column counts, and so on.
    """
    height, width = size
    return [
        [x[row + i * dilation][column + j * dilation] for j in range(width)]
        for i in range(height)
    ]


def cell(
    x: Grid, kernel: Grid, row: int, column: int, dilation: int = 1
) -> float:
    """One cell of the feature map: pixel times weight, added up."""
    size = len(kernel), len(kernel[0])
    below = window(x, size, row, column, dilation)
    return sum(
        pixel * weight
        for pixels, weights in zip(below, kernel, strict=True)
        for pixel, weight in zip(pixels, weights, strict=True)
    )


def feature_map(
    x: Grid,
    kernel: Grid,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
) -> list[list[float]]:
    """All cells: the kernel's corner moves by ``stride`` at a time."""
    x = padded(x, padding)
    reach_down = dilation * (len(kernel) - 1)
    reach_right = dilation * (len(kernel[0]) - 1)
    return [
        [
            cell(x, kernel, row, column, dilation)
            for column in range(0, len(x[0]) - reach_right, stride)
        ]
        for row in range(0, len(x) - reach_down, stride)
    ]


def padded(x: Grid, padding: int) -> Grid:
    """``x`` with a border of zeros on all four sides."""
    if padding == 0:
        return x
    width = len(x[0]) + 2 * padding
    border = [[0.0] * width for _ in range(padding)]
    side = [0.0] * padding
    return [*border, *([*side, *row, *side] for row in x), *border]
