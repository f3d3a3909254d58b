"""Sizes before and after a convolution."""


def output_size(
    size: int,
    kernel: int,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
) -> int:
    """How many places a kernel has in a row of ``size`` pixels."""
    # Your part. This holds only where the kernel moves one pixel at a time
    # over a picture without a border.
    return size - kernel + 1


def same_padding(kernel: int, dilation: int = 1) -> tuple[int, int]:
    """Zeros on the left and on the right that keep the size."""
    # Your part.
    return 0, 0
