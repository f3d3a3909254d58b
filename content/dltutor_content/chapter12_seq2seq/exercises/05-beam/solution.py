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
        if tokens and tokens[-1] == EOS:
            found.append((tokens, score))
            continue
        values, best = row.topk(min(width, len(row)))
        for value, token in zip(
            values.tolist(), best.tolist(), strict=True
        ):
            found.append(((*tokens, token), score + value))
    found.sort(key=lambda one: -one[1] / len(one[0]))
    return found[:width]
