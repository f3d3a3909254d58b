"""From scores of starts and ends to one answer."""

import torch
from torch import Tensor


def best_span(
    start: Tensor, end: Tensor, passage: Tensor, longest: int
) -> tuple[int, int]:
    """Places of the first and the last token of the answer."""
    place = torch.arange(len(start))
    i, j = place[:, None], place[None, :]
    allowed = (i <= j) & (j < i + longest)
    allowed &= passage[:, None] & passage[None, :]
    score = start[:, None] + end[None, :]  # (T, T)
    score = score.masked_fill(~allowed, -torch.inf)
    first, last = divmod(int(score.argmax()), len(start))
    return first, last
