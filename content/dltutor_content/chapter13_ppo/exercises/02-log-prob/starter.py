"""How probable an action was, and how undecided the policy."""

from torch import Tensor


def judge(logits: Tensor, actions: Tensor) -> tuple[Tensor, Tensor]:
    """Logits (B, A) and actions (B,) to log-probabilities and entropies (B,)."""
    p = logits.exp() / logits.exp().sum()
    raise NotImplementedError
