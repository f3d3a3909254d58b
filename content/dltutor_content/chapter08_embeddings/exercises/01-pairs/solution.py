"""Training pairs of skip-gram."""


def pairs(
    sentences: list[list[str]], window: int
) -> list[tuple[str, str]]:
    """Every (centre, neighbour) of every sentence."""
    found = []
    for sentence in sentences:
        for i, centre in enumerate(sentence):
            first = max(0, i - window)
            for j in range(first, min(len(sentence), i + window + 1)):
                if j != i:
                    found.append((centre, sentence[j]))
    return found
