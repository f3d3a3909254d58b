import torch
import torch.nn.functional as F
from torch import nn

from dltutor.learning.checks import close, equal, shape, that


def train(model, steps=3):
    """A few steps of plain gradient descent on noise."""
    x, y = torch.randn(16, 1, 28, 28), torch.arange(16) % 10
    for _ in range(steps):
        model.zero_grad()
        F.cross_entropy(model(x), y).backward()
        with torch.no_grad():
            for parameter in model.parameters():
                if parameter.grad is not None:
                    parameter -= 0.1 * parameter.grad
    model.zero_grad()


def sizes(model):
    found = []
    for layer in model.modules():
        if isinstance(layer, nn.Conv2d):
            found.append((layer.in_channels, layer.out_channels, *layer.kernel_size, *layer.dilation, layer.groups))
        if isinstance(layer, nn.Linear):
            found.append((layer.in_features, layer.out_features))
    return found


def check_layers(work):
    """the layers are those of the task || 各层与题目一致"""
    plain, separable = work.two_networks()
    equal(sizes(plain), [(1, 12, 7, 7, 1, 1, 1), (12, 12, 5, 5, 1, 1, 1), (12, 10)], "the layers of plain || plain 的各层")
    equal(
        sizes(separable),
        [(1, 12, 7, 7, 1, 1, 1), (12, 12, 3, 3, 2, 2, 12), (12, 12, 1, 1, 1, 1, 1), (12, 10)],
        "the layers of separable || separable 的各层",
    )
    for model in (plain, separable):
        shape(model(torch.randn(4, 1, 28, 28)), (4, 10), "model(x)", {"x.shape": (4, 1, 28, 28)})


def check_first_stays(work):
    """training the second leaves the first as it was || 训练第二个，第一个保持原样"""
    torch.manual_seed(0)
    plain, separable = work.two_networks()
    x = torch.randn(8, 1, 28, 28)
    before = plain(x).detach()
    train(separable)
    close(plain(x).detach(), before, 0, 0, "plain(x)", "separable was trained, plain was not || 训练了 separable，没有训练 plain")


def check_second_stays(work):
    """training the first leaves the second as it was || 训练第一个，第二个保持原样"""
    torch.manual_seed(1)
    plain, separable = work.two_networks(8, 10)
    x = torch.randn(8, 1, 28, 28)
    before = separable(x).detach()
    train(plain)
    close(separable(x).detach(), before, 0, 0, "separable(x)", "plain was trained, separable was not || 训练了 plain，没有训练 separable")


def check_calls(work):
    """two calls have nothing in common either || 两次调用之间也没有共用的东西"""
    models = [*work.two_networks(4, 3), *work.two_networks(4, 3)]
    owners = {}
    for number, model in enumerate(models):
        for parameter in model.parameters():
            other = owners.setdefault(parameter.data_ptr(), number)
            that(
                other == number,
                f"Networks {other} and {number} of two calls share a weight of shape {tuple(parameter.shape)}."
                f" || 两次调用得到的第 {other} 个和第 {number} 个网络共用了形状为 {tuple(parameter.shape)} 的权重。",
            )


def check_trains(work):
    """every weight of both networks learns || 两个网络的每个权重都能学习"""
    torch.manual_seed(2)
    for model in work.two_networks():
        F.cross_entropy(model(torch.randn(8, 1, 28, 28)), torch.arange(8)).backward()
        for name, parameter in model.named_parameters():
            that(
                parameter.grad is not None and bool((parameter.grad != 0).any()),
                f"No gradient reaches {name}. || 梯度没有传到 {name}。",
            )


def check_count(work):
    """the counts add up || 参数个数能够相加"""
    plain, separable = work.two_networks()
    counts = (12 * 50 + 12 * 301 + 130, 12 * 50 + 12 * 10 + 12 * 13 + 130)
    equal((work.count(plain), work.count(separable)), counts, "(count(plain), count(separable))")
    distinct = {p.data_ptr(): p.numel() for m in (plain, separable) for p in m.parameters()}
    equal(sum(distinct.values()), sum(counts), "the weights of both, each once || 两个网络的权重，各数一次")
