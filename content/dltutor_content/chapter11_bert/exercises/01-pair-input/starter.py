"""Two texts as one row of token ids."""

PAD, CLS, SEP = 0, 2, 3


def pair_input(
    first: list[int], second: list[int], length: int
) -> tuple[list[int], list[int], list[int]]:
    """Ids, segments and mask of two texts, each ``length`` long."""
    # Your part.
    ids = ([CLS, *first, SEP, *second, SEP])[:length]
    return ids, [0] * len(ids), [1] * len(ids)
