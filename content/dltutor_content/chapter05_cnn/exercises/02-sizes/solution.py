"""Sizes before and after a convolution."""


def output_size(
    size: int,
    kernel: int,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
) -> int:
    """How many places a kernel has in a row of ``size`` pixels."""
    room = size + 2 * padding - span(kernel, dilation)
    return room // stride + 1 if room >= 0 else 0


def same_padding(kernel: int, dilation: int = 1) -> tuple[int, int]:
    """Zeros on the left and on the right that keep the size."""
    both = span(kernel, dilation) - 1
    return both // 2, both - both // 2


def span(kernel: int, dilation: int) -> int:
    """From the first to the last pixel that a kernel covers."""
    return dilation * (kernel - 1) + 1
