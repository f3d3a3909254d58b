"""Error rates at every threshold."""

import numpy as np


def error_rates(distance, same):
    """Distances (P,) and bool (P,) to threshold, false_accept, false_reject."""
    order = np.argsort(distance, kind="stable")
    d, same = distance[order], same[order]
    # Your part.
    return d, np.zeros(len(d)), np.zeros(len(d))
