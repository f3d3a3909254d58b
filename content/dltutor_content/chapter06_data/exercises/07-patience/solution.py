"""Early stopping."""

import math
from collections.abc import Sequence


def stop(losses: Sequence[float], patience: int) -> tuple[int, int]:
    """The epoch to keep and the last epoch trained, from 0."""
    best, lowest, waited = 0, math.inf, 0
    for epoch, loss in enumerate(losses):
        if loss < lowest:  # False for nan
            best, lowest, waited = epoch, loss, 0
        else:
            waited += 1
        if waited == patience:
            return best, epoch
    return best, len(losses) - 1
