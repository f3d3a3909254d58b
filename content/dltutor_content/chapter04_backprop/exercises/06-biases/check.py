import torch
from torch import nn

from dltutor.learning.checks import close, equal, shape, that

X = torch.tensor([[0.0, 0], [0, 1], [1, 0], [1, 1]])
Y = torch.tensor([[0.0], [1], [1], [0]])


def count(model):
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def check_count(work):
    """the number of parameters is that of a multilayer perceptron || 参数个数与多层感知机相同"""
    for widths, expected in (((2, 5, 1), 21), ((3, 1), 4), ((2, 4, 3, 2), 35)):
        equal(
            count(work.Network(widths)),
            expected,
            "the number of parameters || 参数个数",
            {"widths": widths},
        )


def check_constant(work):
    """with all weights zero it can still say 7 || 权重全为零时，仍能输出 7"""
    model = work.Network((2, 5, 1), nn.ReLU)
    with torch.no_grad():
        for p in model.parameters():
            p.zero_()
    biases = [p for p in model.parameters() if p.dim() == 1 and p.numel() == 1]
    that(
        len(biases) == 1,
        "The output has no bias of its own, one number that is added to its sum."
        " || 输出没有自己的偏置，也就是加到加权和上的那一个数。",
    )
    with torch.no_grad():
        biases[0].fill_(7.0)
        close(model(X), torch.full((4, 1), 7.0), name="model(x)", when="weights 0, bias of the output 7 || 权重为 0，输出的偏置为 7")


def check_between(work):
    """an activation between the layers, none after the last || 激活函数在各层之间，最后一层之后没有"""
    torch.manual_seed(0)
    model = work.Network((2, 5, 1), nn.ReLU)
    x = torch.randn(200, 2)
    bend = model(3 * x) - 2 * model(0 * x) + model(-3 * x)
    that(
        bend.abs().max().item() > 1e-4,
        "The network is a single linear function: the activation is missing."
        " || 整个网络是一个线性函数：缺少激活函数。",
    )
    before = model(x)
    with torch.no_grad():
        for p in list(model.parameters())[2:]:  # those of the last layer
            p.neg_()
    close(
        model(x),
        -before,
        atol=1e-5,
        name="model(x) with the last layer negated || 最后一层取反后的 model(x)",
        when="activation = nn.ReLU",
    )


def check_shape(work):
    """a batch goes in and a batch comes out || 输入一个批量，输出一个批量"""
    shape(work.Network((2, 5, 1))(torch.randn(9, 2)), (9, 1), "model(x)", "x (9, 2)")
    shape(work.Network((4, 6, 6, 3))(torch.randn(2, 4)), (2, 3), "model(x)", "x (2, 4)")


def check_gradients(work):
    """every parameter gets a gradient || 每个参数都得到梯度"""
    torch.manual_seed(1)
    model = work.Network((2, 5, 4, 1))
    (model(X) - 7).square().mean().backward()
    without = [n for n, p in model.named_parameters() if p.grad is None or not bool(p.grad.abs().sum() > 0)]
    equal(without, [], "parameters without a gradient || 没有梯度的参数")
    equal(len(list(model.parameters())), 6, "the number of tensors, a weight and a bias for each layer || 张量个数，每层一个权重和一个偏置")


def check_learns(work):
    """data whose answers are all 7 are learnt, with ReLU, from every seed || 用 ReLU 学答案全是 7 的数据，每个种子都能学会"""
    for seed in range(5):
        torch.manual_seed(seed)
        model = work.Network((2, 3, 1), nn.ReLU)
        optimiser = torch.optim.Adam(model.parameters(), 0.1)
        x = torch.randn(16, 2)
        for _ in range(200):
            loss = (model(x) - 7).square().mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        that(
            loss.item() < 0.1,
            f"With seed {seed} the loss is still {loss.item():.2f} after 200 steps; below 0.1 was expected."
            f" || 种子为 {seed} 时，200 步之后损失仍是 {loss.item():.2f}；应当低于 0.1。",
        )
