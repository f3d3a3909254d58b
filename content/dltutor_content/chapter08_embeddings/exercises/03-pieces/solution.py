"""Pieces of words, and a vector made of them."""


def pieces(word: str, shortest: int = 3, longest: int = 6) -> list[str]:
    """Runs of characters of the marked word."""
    marked = f"<{word}>"
    return [
        marked[start : start + n]
        for n in range(shortest, longest + 1)
        for start in range(len(marked) - n + 1)
        if n < len(marked)
    ]


def vector(
    word: str,
    table: dict[str, list[float]],
    shortest: int = 3,
    longest: int = 6,
) -> list[float] | None:
    """The mean of the rows of the word's pieces, or None."""
    rows = [table[p] for p in pieces(word, shortest, longest) if p in table]
    if not rows:
        return None
    return [sum(column) / len(rows) for column in zip(*rows)]
