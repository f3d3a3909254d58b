import torch


def softmax(x):
    """Logits (N, C) to probabilities (N, C)."""
    e = torch.exp(x - x.max(dim=1, keepdim=True).values)
    return e / e.sum(dim=1, keepdim=True)
