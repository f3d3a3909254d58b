import copy

import torch
import torch.nn.functional as F
from torch import nn

from dltutor.learning.checks import close, equal, that


def network():
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(3, 4, 3),
        nn.ReLU(),
        nn.Sequential(nn.Conv2d(4, 4, 3), nn.ReLU(), nn.Conv2d(4, 2, 1)),
        nn.Flatten(),
        nn.Linear(32, 5),
    )


def batch():
    torch.manual_seed(1)
    return torch.randn(6, 3, 8, 8), torch.arange(6) % 5


def expected(model):
    model = copy.deepcopy(model)
    x, y = batch()
    F.cross_entropy(model(x), y).backward()
    return {
        n: m.weight.grad.norm().item() for n, m in model.named_modules() if isinstance(m, nn.Conv2d)
    }


def check_names(work):
    """every convolution, also a nested one, and nothing else || 每个卷积，包括嵌套的，没有别的"""
    got = work.gradient_norms(network(), *batch())
    equal(type(got).__name__, "dict", "the type of the result || 结果的类型")
    equal(list(got), ["0", "2.0", "2.2"], "the names || 名字")


def check_values(work):
    """the norms are those of the cross-entropy's gradients || 范数是交叉熵梯度的范数"""
    model = network()
    got = work.gradient_norms(model, *batch())
    close(
        [got.get(k) for k in ("0", "2.0", "2.2")],
        list(expected(model).values()),
        1e-4,
        1e-6,
        "the norms || 各范数",
    )


def check_grad_is_left(work):
    """the gradients that the optimiser would use stay as they were || 优化器要用的梯度保持原样"""
    model = network()
    x, y = batch()
    F.cross_entropy(model(x[:2]), y[:2]).backward()
    before = [p.grad.clone() for p in model.parameters()]
    work.gradient_norms(model, x, y)
    for (name, p), old in zip(model.named_parameters(), before, strict=True):
        that(p.grad is not None, f"{name}.grad is gone. || {name}.grad 不见了。")
        close(p.grad, old, name=f"{name}.grad")
    model = network()
    work.gradient_norms(model, x, y)
    for name, p in model.named_parameters():
        that(
            p.grad is None,
            f"{name}.grad was None before the call. || 调用之前 {name}.grad 是 None。",
        )


def check_twice(work):
    """looking twice gives the same || 看两次，结果相同"""
    model = network()
    first = work.gradient_norms(model, *batch())
    close(
        list(work.gradient_norms(model, *batch()).values()),
        list(first.values()),
        name="the norms, the second time || 第二次的范数",
    )
    that(bool(first), "There are no norms. || 没有任何范数。")
