import torch

from dltutor.learning.checks import close, gradient, untouched

X = torch.tensor([[1.0, 2.0, 3.0], [0.0, 0.0, 1000.0]])


def check_values(work):
    """rows of probabilities || 每行是概率"""
    close(untouched(work.softmax, X.clone()), torch.softmax(X, 1), name="softmax(x)", when={"x": X})


def check_gradient(work):
    """the gradient is right || 梯度正确"""
    gradient(work.softmax, X[:1], name="softmax(x)")
