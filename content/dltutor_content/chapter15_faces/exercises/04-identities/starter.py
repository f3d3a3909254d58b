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
    pairs = all_pairs(range(len(y)), y)
    order = generator.permutation(len(pairs))
    count = min(max(1, round(share * len(pairs))), len(pairs) - 1)
    test = [pairs[k] for k in order[:count]]
    train = [pairs[k] for k in order[count:]]
    return train, test
