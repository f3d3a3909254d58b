import torch
from torch import nn

from dltutor.learning.checks import close, shape


def given(batch=3, inputs=5, hidden=4):
    torch.manual_seed(0)
    cell = nn.GRUCell(inputs, hidden).requires_grad_(False)
    weights = (cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh)
    return cell, weights, torch.randn(batch, inputs), torch.randn(batch, hidden)


def check_shape(work):
    """a state for each row || 每行一个状态"""
    _, weights, x, h = given()
    shape(work.step(x, h, *weights), (3, 4), "step(x, h, ...)", when="x (3, 5), h (3, 4)")


def check_keep(work):
    """an update gate of 1 keeps the state || 更新门为 1 时状态不变"""
    h = torch.tensor([[0.7, -0.2]])
    w_ih, w_hh = torch.zeros(6, 3), torch.zeros(6, 2)
    bias = torch.tensor([0.0, 0.0, 50.0, 50.0, 0.9, 0.9])
    new = work.step(torch.ones(1, 3), h, w_ih, w_hh, bias, torch.zeros(6))
    close(new, h, name="the new state || 新状态", when="z = 1, h = (0.7, -0.2)")


def check_reset(work):
    """a reset gate of 0 hides the old state from the candidate || 重置门为 0 时，候选状态看不到旧状态"""
    h = torch.tensor([[0.7, -0.2]])
    bias = torch.tensor([-50.0, -50.0, -50.0, -50.0, 0.9, 0.9])
    new = work.step(torch.zeros(1, 3), h, torch.zeros(6, 3), torch.ones(6, 2), bias, torch.full((6,), 0.5))
    close(new, torch.tensor([[0.9, 0.9]]).tanh(), name="the new state || 新状态", when="r = 0, z = 0")


def check_same(work):
    """the same as nn.GRUCell || 与 nn.GRUCell 相同"""
    cell, weights, x, h = given()
    close(work.step(x, h, *weights), cell(x, h), name="step", when="random weights || 随机权重")


def check_gradients(work):
    """the gradients of nn.GRUCell || 与 nn.GRUCell 的梯度相同"""
    cell, weights, x, h = given()
    found = []
    for function in (lambda x, h: work.step(x, h, *weights), cell):
        inputs = [x.clone().requires_grad_(), h.clone().requires_grad_()]
        loss = (function(*inputs) * torch.arange(4.0)).sum()
        found.append(torch.autograd.grad(loss, inputs))
    for name, mine, theirs in zip(("x", "h"), *found):
        close(mine, theirs, name=f"the gradient for {name} || {name} 的梯度")
