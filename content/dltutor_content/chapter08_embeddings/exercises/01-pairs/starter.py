"""Training pairs of skip-gram."""


def pairs(
    sentences: list[list[str]], window: int
) -> list[tuple[str, str]]:
    """Every (centre, neighbour) of every sentence."""
    raise NotImplementedError  # your code
