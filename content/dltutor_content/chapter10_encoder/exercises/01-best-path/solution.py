"""The path with the largest sum."""

import torch
from torch import Tensor


def best_path(scores: list[Tensor], moves: list[Tensor]) -> list[int]:
    """A candidate for each place."""
    best, steps = scores[0], []
    for move, here in zip(moves, scores[1:]):
        total = best[:, None] + move
        best, came_from = total.max(dim=0)
        best = best + here
        steps.append(came_from)
    path = [int(best.argmax())]
    for came_from in reversed(steps):
        path.append(int(came_from[path[-1]]))
    return path[::-1]
