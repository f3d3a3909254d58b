"""Pairs of pictures for training and test."""

import numpy as np


def all_pairs(places, y):
    """Every pair (i, j, same) of some places, i < j."""
    places = sorted(int(p) for p in places)
    return [
        (i, j, int(y[i] == y[j]))
        for k, i in enumerate(places)
        for j in places[k + 1 :]
    ]


def split_pairs(y, share, generator):
    """People (N,) to training pairs and test pairs."""
    people = generator.permutation(np.unique(y))
    count = min(max(1, round(share * len(people))), len(people) - 1)
    tested = np.isin(y, people[:count])
    train = all_pairs(np.flatnonzero(~tested), y)
    test = all_pairs(np.flatnonzero(tested), y)
    return train, test
