"""Two texts as one row of token ids."""

PAD, CLS, SEP = 0, 2, 3


def pair_input(
    first: list[int], second: list[int], length: int
) -> tuple[list[int], list[int], list[int]]:
    """Ids, segments and mask of two texts, each ``length`` long."""
    first, second = list(first), list(second)
    while len(first) + len(second) + 3 > length:
        longer = first if len(first) > len(second) else second
        longer.pop()
    ids = [CLS, *first, SEP, *second, SEP]
    segments = [0] * (len(first) + 2) + [1] * (len(second) + 1)
    mask = [1] * len(ids)
    padding = [0] * (length - len(ids))
    return ids + [PAD] * len(padding), segments + padding, mask + padding
