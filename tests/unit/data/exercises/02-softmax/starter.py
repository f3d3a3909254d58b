import torch


def softmax(x):
    """Logits (N, C) to probabilities (N, C)."""
    return x
