import torch

from dltutor.learning.checks import close

X = torch.tensor([-1.0, 0.0, 2.0])
Y = torch.tensor([1.0, 1.0, 4.0])


def _asked(work, w, b, x, y):
    """The learner's three values, and the same from autograd."""
    w, b = torch.tensor(w, requires_grad=True), torch.tensor(b, requires_grad=True)
    loss = torch.nn.functional.mse_loss(w * x + b, y)
    loss.backward()
    got = work.loss_and_gradient(w.detach(), b.detach(), x, y)
    return got, (loss.detach(), w.grad, b.grad)


def check_loss(work):
    """the loss is the mean of the squares || 损失是平方的平均值"""
    got, expected = _asked(work, 0.5, -1.0, X, Y)
    close(got[0], expected[0], name="loss", when={"w": 0.5, "b": -1.0, "x": X, "y": Y})


def check_gradient(work):
    """the derivatives by w and b are those of autograd || 对 w 和 b 的导数与自动求导一致"""
    got, expected = _asked(work, 0.5, -1.0, X, Y)
    at = {"w": 0.5, "b": -1.0, "x": X, "y": Y}
    close(got[1], expected[1], name="derivative by w || 对 w 的导数", when=at)
    close(got[2], expected[2], name="derivative by b || 对 b 的导数", when=at)


def check_one_point(work):
    """one point is enough || 一个点也可以"""
    got, expected = _asked(work, 1.0, 0.0, X[:1], Y[:1])
    for name, mine, theirs in zip(("loss", "by w", "by b"), got, expected, strict=True):
        close(mine, theirs, name=name, when={"x": X[:1], "y": Y[:1]})
