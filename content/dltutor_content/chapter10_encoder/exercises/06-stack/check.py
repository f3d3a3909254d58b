import torch

from dltutor.learning.checks import close, equal, that


def check_own_weights(work):
    """three layers have three times the parameters || 三层的参数是一层的三倍"""
    one, three = (
        sum(p.numel() for p in work.Stack(8, layers).parameters()) for layers in (1, 3)
    )
    equal(three, 3 * one, name="parameters of 3 layers || 3 层的参数个数")


def check_repeatable(work):
    """the same twice after eval() || eval() 之后两次相同"""
    stack = work.Stack(16, 2, 0.5).eval()
    x = torch.randn(4, 16)
    equal(stack(x), stack(x), name="stack(x)", when="after eval() || eval() 之后")


def check_dropout_in_training(work):
    """dropout works in training || 训练时 dropout 起作用"""
    stack = work.Stack(64, 1, 0.5).train()
    x = torch.randn(4, 64)
    that(not torch.equal(stack(x), stack(x)), "In training two calls should differ. || 训练时两次调用应当不同。")


def check_residual(work):
    """a part whose network says nothing changes nothing || 网络输出为 0 的部分什么也不改变"""
    stack = work.Stack(8, 3).eval()
    with torch.no_grad():
        for part in stack.parts:
            part.network[2].weight.zero_()
            part.network[2].bias.zero_()
    x = torch.randn(5, 8)
    close(stack(x), x, name="stack(x)", when="networks that give 0 || 网络输出为 0")


def check_formula(work):
    """x + network(norm(x)) || x + network(norm(x))"""
    part = work.Part(8, 0.1).eval()
    x = torch.randn(5, 8)
    close(part(x), x + part.network(part.norm(x)), name="part(x)")
