"""How probable an action was, and how undecided the policy."""

from torch import Tensor


def judge(logits: Tensor, actions: Tensor) -> tuple[Tensor, Tensor]:
    """Logits (B, A) and actions (B,) to log-probabilities and entropies (B,)."""
    log_p = logits.log_softmax(dim=1)  # (B, A)
    chosen = log_p.gather(1, actions[:, None]).squeeze(1)  # (B,)
    entropy = -(log_p.exp() * log_p).sum(dim=1)  # (B,)
    return chosen, entropy
