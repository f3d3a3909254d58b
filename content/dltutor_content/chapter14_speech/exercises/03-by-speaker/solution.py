"""Clips to train and to test with."""

import random


def split(
    speakers: list[str], share: float = 0.2, seed: int = 0
) -> tuple[list[int], list[int]]:
    """Positions (train, test); ``speakers`` says who speaks in each clip."""
    people = sorted(set(speakers))
    random.Random(seed).shuffle(people)
    count = min(max(1, round(len(people) * share)), len(people) - 1)
    tested = set(people[:count])
    train = [i for i, who in enumerate(speakers) if who not in tested]
    test = [i for i, who in enumerate(speakers) if who in tested]
    return train, test
