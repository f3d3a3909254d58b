"""Pieces of words, and a vector made of them."""


def pieces(word: str, shortest: int = 3, longest: int = 6) -> list[str]:
    """Runs of characters of the marked word."""
    raise NotImplementedError  # your code


def vector(
    word: str,
    table: dict[str, list[float]],
    shortest: int = 3,
    longest: int = 6,
) -> list[float] | None:
    """The mean of the rows of the word's pieces, or None."""
    raise NotImplementedError  # your code
