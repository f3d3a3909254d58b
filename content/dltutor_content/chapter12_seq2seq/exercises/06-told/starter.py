"""How good is what a decoder writes?"""

from collections.abc import Callable

import torch
from torch import Tensor

PAD, BOS, EOS = 0, 1, 2
Model = Callable[[Tensor, Tensor], Tensor]
"""source (B, S) and written so far (B, t) to logits (B, t, n)"""


def quality(model: Model, source: Tensor, target: Tensor) -> float:
    """The share of tokens that the model writes rightly by itself.

    ``target`` (B, T): BOS, tokens, EOS, PAD.
    """
    truth = target[:, 1:]
    counted = (truth != PAD) & (truth != EOS)
    said = model(source, target[:, :-1]).argmax(dim=2)  # (B, T - 1)
    return ((said == truth) & counted).sum().item() / counted.sum().item()
