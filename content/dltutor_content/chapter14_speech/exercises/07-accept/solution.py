"""From probabilities over time to words."""

from torch import Tensor


def accept(p: Tensor, threshold: float, apart: int) -> list[int]:
    """p (windows,); the positions of accepted windows."""
    p = p.clone()
    found = []
    while len(p) and p.max() >= threshold:
        at = int(p.argmax())
        found.append(at)
        p[max(0, at - apart + 1) : at + apart] = -1
    return sorted(found)
