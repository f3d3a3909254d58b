"""The header of an idx file, in which MNIST comes."""


def read_header(data: bytes) -> tuple[int, ...]:
    """The shape that the header promises; ValueError if it is none."""
    # Your part: check the first four bytes, then read one length an axis.
    return (0, 0, 0)
