"""One step of a beam search."""

from torch import Tensor

EOS = 2
Hypothesis = tuple[tuple[int, ...], float]
"""tokens, and the sum of their log-probabilities"""


def extend(
    alive: list[Hypothesis], logp: Tensor, width: int
) -> list[Hypothesis]:
    """The best ``width`` continuations, best first.

    ``logp`` (k, n): log-probabilities of the next token behind each of the
    k hypotheses.
    """
    found: list[Hypothesis] = []
    for (tokens, score), row in zip(alive, logp, strict=True):
        ...  # add to found
    return found[:width]
