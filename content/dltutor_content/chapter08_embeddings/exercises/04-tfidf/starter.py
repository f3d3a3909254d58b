"""TF-IDF."""

import math
from collections import Counter


def idf(texts: list[list[str]]) -> dict[str, float]:
    """How rare each word is."""
    raise NotImplementedError  # your code


def weigh(text: list[str], idf: dict[str, float]) -> dict[str, float]:
    """The weights of a text's words; their length together is 1."""
    raise NotImplementedError  # your code
