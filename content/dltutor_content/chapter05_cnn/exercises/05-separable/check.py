import torch
import torch.nn.functional as F

from dltutor.learning.checks import close, equal, shape, that

CASES = ((12, 24, 3, 2), (3, 5, 5, 1), (4, 2, 3, 1), (1, 6, 7, 3))


def check_shapes(work):
    """rows and columns stay, channels change || 行和列不变，通道改变"""
    for n, m, kernel, dilation in CASES:
        block = work.Separable(n, m, kernel, dilation)
        when = {"n": n, "m": m, "kernel": kernel, "dilation": dilation}
        shape(block(torch.randn(2, n, 20, 23)), (2, m, 20, 23), "Separable(...)(x)", when)


def check_weights(work):
    """the weights' shapes, and one bias in all || 权重的形状，以及总共一个偏置"""
    for n, m, kernel, dilation in CASES:
        block = work.Separable(n, m, kernel, dilation)
        when = {"n": n, "m": m, "kernel": kernel}
        equal(tuple(block.depthwise.weight.shape), (n, 1, kernel, kernel), "depthwise.weight.shape", when)
        equal(tuple(block.pointwise.weight.shape), (m, n, 1, 1), "pointwise.weight.shape", when)
        that(
            block.depthwise.bias is None and block.pointwise.bias is not None,
            "The pointwise layer has the bias; one in the depthwise layer would only be carried along."
            " || 偏置放在逐点卷积里；放在深度卷积里的偏置只会被一起带走。",
        )


def check_values(work):
    """the result is that of the two convolutions || 结果等于两个卷积先后计算"""
    torch.manual_seed(0)
    for n, m, kernel, dilation in CASES:
        block = work.Separable(n, m, kernel, dilation)
        x = torch.randn(2, n, 15, 12)
        pad = dilation * (kernel - 1) // 2
        first = F.conv2d(x, block.depthwise.weight, None, 1, pad, dilation, n)
        expected = F.conv2d(first, block.pointwise.weight, block.pointwise.bias)
        when = {"n": n, "m": m, "kernel": kernel, "dilation": dilation}
        close(block(x).detach(), expected.detach(), 1e-4, 1e-5, "Separable(...)(x)", when)


def check_alone(work):
    """in the first step no channel meets another || 第一步中各通道互不相遇"""
    torch.manual_seed(1)
    block = work.Separable(4, 3, 3)
    x = torch.randn(1, 4, 8, 8)
    changed = x.clone()
    changed[:, 2] += 1
    difference = (block.depthwise(changed) - block.depthwise(x)).abs().sum(dim=(0, 2, 3)).detach()
    equal(
        (difference > 1e-6).tolist(),
        [False, False, True, False],
        "which channels of depthwise(x) changed || depthwise(x) 中哪些通道变了",
        "channel 2 of x changed || x 的通道 2 变了",
    )


def check_counts(work):
    """both formulas agree with real layers || 两个公式与真实的层一致"""
    for n, m, kernel in ((12, 24, 5), (12, 24, 3), (32, 64, 3), (1, 1, 1), (7, 3, 9)):
        when = {"n": n, "m": m, "kernel": kernel}
        plain = sum(p.numel() for p in torch.nn.Conv2d(n, m, kernel).parameters())
        equal(work.plain_count(n, m, kernel), plain, "plain_count", when)
        both = n * kernel**2 + m * n + m
        equal(work.separable_count(n, m, kernel), both, "separable_count", when)
        block = work.Separable(n, m, kernel)
        equal(sum(p.numel() for p in block.parameters()), both, "parameters of Separable", when)
