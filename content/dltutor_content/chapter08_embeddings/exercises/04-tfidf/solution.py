"""TF-IDF."""

import math
from collections import Counter


def idf(texts: list[list[str]]) -> dict[str, float]:
    """How rare each word is."""
    seen = Counter(word for text in texts for word in set(text))
    return {
        word: math.log((1 + len(texts)) / (1 + n)) + 1
        for word, n in seen.items()
    }


def weigh(text: list[str], idf: dict[str, float]) -> dict[str, float]:
    """The weights of a text's words; their length together is 1."""
    counts = Counter(word for word in text if word in idf)
    weights = {word: n * idf[word] for word, n in counts.items()}
    length = math.sqrt(sum(w * w for w in weights.values()))
    return {word: w / length for word, w in weights.items()}
