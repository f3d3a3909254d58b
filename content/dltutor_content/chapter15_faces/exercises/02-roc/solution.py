"""Error rates at every threshold."""

import numpy as np


def error_rates(distance, same):
    """Distances (P,) and bool (P,) to threshold, false_accept, false_reject."""
    order = np.argsort(distance, kind="stable")
    d, same = distance[order], same[order]
    last = np.append(d[1:] != d[:-1], True)  # of equal distances
    wrong = np.append(0, np.cumsum(~same)[last])
    right = np.append(0, np.cumsum(same)[last])
    threshold = np.append(-np.inf, d[last])
    return threshold, wrong / wrong[-1], 1 - right / right[-1]
