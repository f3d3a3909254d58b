"""Training, validation and test sets out of one."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int64]


def stratified(y: NDArray[Any]) -> tuple[Places, Places, Places]:
    """Positions to train with, to validate and to test with: 65, 15 and 20 % of every class.

    ``y`` is (N,). A class of three has one in each. The seed is fixed, so runs with other
    seeds are measured on the same samples.
    """
    generator = np.random.default_rng(2026)
    places: list[list[Places]] = [[], [], []]
    for label in np.unique(y):
        of_class = generator.permutation(np.flatnonzero(y == label))
        val, test = (max(1, round(len(of_class) * share)) for share in (0.15, 0.20))
        cuts = np.split(of_class, [len(of_class) - val - test, len(of_class) - test])
        for place, cut in zip(places, cuts, strict=True):
            place.append(cut)
    train, val_, test_ = (np.sort(np.concatenate(place)) for place in places)
    return train, val_, test_
