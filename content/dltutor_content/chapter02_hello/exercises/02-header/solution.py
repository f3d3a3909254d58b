"""The header of an idx file, in which MNIST comes."""


def read_header(data: bytes) -> tuple[int, ...]:
    """The shape that the header promises; ValueError if it is none."""
    if len(data) < 4 or data[:3] != bytes([0, 0, 0x08]) or data[3] == 0:
        raise ValueError(f"no idx file of bytes: it begins {data[:4]!r}")
    axes = data[3]
    if len(data) < 4 + 4 * axes:
        raise ValueError("cut off within the header")
    lengths = (data[4 + 4 * k : 8 + 4 * k] for k in range(axes))
    return tuple(int.from_bytes(four, "big") for four in lengths)
