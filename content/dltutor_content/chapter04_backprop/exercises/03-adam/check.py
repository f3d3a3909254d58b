import numpy as np
import torch

from dltutor.learning.checks import close, untouched


def check_first_step(work):
    """the first step moves each weight by lr, whatever its gradient || 第一步让每个权重移动 lr，与梯度无关"""
    w = np.array([1.0, 1.0, 1.0, 1.0])
    g = np.array([1000.0, 0.001, -0.001, 0.0])
    work.Adam(lr=0.1).step([w], [g])
    close(
        w,
        np.array([0.9, 0.9, 1.1, 1.0]),
        atol=1e-5,
        name="the weights after a step || 一步之后的权重",
        when={"gradient": g, "lr": 0.1},
    )


def compare(work, lr, betas, eps, steps, scale=1.0):
    generator = np.random.default_rng(0)
    mine = [generator.normal(size=(2, 3)), generator.normal(size=4)]
    theirs = [torch.tensor(w, requires_grad=True) for w in mine]
    adam = work.Adam(lr=lr, betas=betas, eps=eps)
    reference = torch.optim.Adam(theirs, lr=lr, betas=betas, eps=eps)
    for _ in range(steps):
        gradients = [scale * generator.normal(size=w.shape) for w in mine]
        adam.step(mine, [g.copy() for g in gradients])
        for w, g in zip(theirs, gradients, strict=True):
            w.grad = torch.tensor(g)
        reference.step()
    when = f"{steps} steps, lr {lr}, betas {betas}, eps {eps}, gradients of size {scale} || {steps} 步，lr {lr}，betas {betas}，eps {eps}，梯度大小约 {scale}"
    for w, other in zip(mine, theirs, strict=True):
        close(w, other.detach().numpy(), rtol=1e-9, atol=1e-10, name="the weights || 权重", when=when)


def check_like_torch(work):
    """after many steps the weights are those of torch.optim.Adam || 许多步之后，权重与 torch.optim.Adam 相同"""
    compare(work, 0.01, (0.9, 0.999), 1e-8, 50)


def check_settings(work):
    """lr, betas and eps are used where they belong || lr、betas 和 eps 都用在该用的地方"""
    compare(work, 0.3, (0.5, 0.8), 1e-8, 7)
    compare(work, 0.01, (0.9, 0.999), 1e-3, 7, 1e-3)


def check_two(work):
    """two optimisers do not share what they remember || 两个优化器的记忆互不相干"""
    first, second = work.Adam(lr=0.1), work.Adam(lr=0.1)
    a, b = np.ones(2), np.ones(3)
    for _ in range(3):
        first.step([a], [np.array([1.0, -1.0])])
    second.step([b], [np.array([1.0, 1.0, -1.0])])
    close(b, np.array([0.9, 0.9, 1.1]), atol=1e-6, name="the weights of the second || 第二个的权重")


def check_gradients(work):
    """the gradients stay as they were || 梯度不被改动"""
    g = np.array([1.0, -2.0])
    adam = work.Adam()
    w = np.zeros(2)
    for _ in range(2):
        untouched(lambda gradient: adam.step([w], [gradient]), g, name="step(weights, gradients)")
