import numpy as np
import torch
import torch.nn.functional as F

from dltutor.learning.checks import close, that, untouched

NAMES = ("dw1", "db1", "dw2", "db2")
X = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
Y = np.array([[0.0], [1], [1], [0]])


def random(hidden, seed=0):
    generator = np.random.default_rng(seed)
    return [generator.normal(size=s) for s in ((2, hidden), (hidden,), (hidden, 1), (1,))]


def compare(work, weights, x, y, when):
    got = work.backward(*weights, x, y)
    that(
        type(got) is tuple and len(got) == 4,
        "backward(...) should return four gradients: dw1, db1, dw2, db2."
        " || backward(...) 应当返回四个梯度：dw1、db1、dw2、db2。",
    )
    leaves = [torch.tensor(w, requires_grad=True) for w in weights]
    w1, b1, w2, b2 = leaves
    z = torch.tanh(torch.tensor(x) @ w1 + b1) @ w2 + b2
    F.binary_cross_entropy_with_logits(z, torch.tensor(y)).backward()
    for name, gradient, leaf in zip(NAMES, got, leaves, strict=True):
        close(gradient, leaf.grad.numpy(), rtol=1e-8, atol=1e-10, name=name, when=when)


def check_by_hand(work):
    """the sample of the lesson, worked out by hand || 课文中手算的样本"""
    weights = [
        np.array([[1.0, -1], [1, -1]]),
        np.array([-0.5, 1.5]),
        np.array([[1.0], [1]]),
        np.array([-0.5]),
    ]
    got = work.backward(*weights, np.array([[1.0, 0]]), np.array([[1.0]]))
    expected = (
        np.array([[-0.3110, -0.3110], [0, 0]]),
        np.array([-0.3110, -0.3110]),
        np.array([[-0.1828], [-0.1828]]),
        np.array([-0.3955]),
    )
    for name, gradient, right in zip(NAMES, got, expected, strict=True):
        close(gradient, right, atol=1e-4, name=name, when="x = (1, 0), y = 1")


def check_xor(work):
    """the four rows of XOR, five hidden units || 异或的四行，五个隐藏单元"""
    compare(work, random(5), X, Y, "XOR, H = 5")


def check_batches(work):
    """the mean, not the sum, over batches of 1 and of 7 || 批量为 1 和 7 时，取平均而不是求和"""
    generator = np.random.default_rng(1)
    for size in (1, 7):
        x = generator.normal(size=(size, 2))
        y = generator.integers(0, 2, (size, 1)).astype(float)
        compare(work, random(3, size), x, y, f"B = {size}, H = 3")


def check_one_unit(work):
    """a single hidden unit || 只有一个隐藏单元"""
    compare(work, random(1), X, Y, "XOR, H = 1")


def check_learns(work):
    """descent along it learns XOR || 沿着它下降能学会异或"""
    weights = [0.7 * w for w in random(5, 3)]
    for _ in range(2000):
        for w, g in zip(weights, work.backward(*weights, X, Y), strict=True):
            w -= 0.5 * g
    p = 1 / (1 + np.exp(-(np.tanh(X @ weights[0] + weights[1]) @ weights[2] + weights[3])))
    far = float(np.abs(p - Y).max())
    that(
        far < 0.1,
        f"After 2,000 steps of descent the worst answer is {far:.2f} off; below 0.1 was expected."
        f" || 走 2,000 步之后，最差的答案误差是 {far:.2f}；应当小于 0.1。",
    )


def check_untouched(work):
    """weights and samples stay as they were || 不改动权重和样本"""
    untouched(work.backward, *random(5), X.copy(), Y.copy(), name="backward(...)")
