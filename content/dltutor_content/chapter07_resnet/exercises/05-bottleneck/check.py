import torch
from torch import nn

from dltutor.learning.checks import equal, shape, that

CASES = ((64, 64, 1), (256, 64, 1), (256, 128, 2), (8, 2, 2), (12, 5, 1))


def numbers(module):
    return sum(p.numel() for p in module.parameters())


def right(c_in, w, stride):
    total = c_in * w + 9 * w * w + 4 * w * w + 12 * w
    return total + (4 * c_in * w + 8 * w if stride != 1 or c_in != 4 * w else 0)


def check_shapes(work):
    """four times the width comes out, smaller by the stride || 输出是宽度的四倍，按步幅缩小"""
    for c_in, w, stride in CASES:
        out = work.Bottleneck(c_in, w, stride)(torch.randn(2, c_in, 8, 8))
        size = 8 // stride
        shape(
            out,
            (2, 4 * w, size, size),
            f"Bottleneck({c_in}, {w}, {stride})(x)",
            {"x.shape": (2, c_in, 8, 8)},
        )


def check_convolutions(work):
    """kernels, strides, paddings and no bias || 卷积核、步幅、填充，没有偏置"""
    made = work.Bottleneck(16, 8, 2)
    found = [m for m in made.layers.modules() if isinstance(m, nn.Conv2d)]
    equal([m.kernel_size[0] for m in found], [1, 3, 1], "the kernels || 卷积核")
    equal([m.stride[0] for m in found], [1, 2, 1], "the strides || 步幅")
    equal([m.padding[0] for m in found], [0, 1, 0], "the paddings || 填充")
    equal([m.bias is None for m in found], [True] * 3, "bias is None")
    norms = [m.num_features for m in made.layers.modules() if isinstance(m, nn.BatchNorm2d)]
    equal(norms, [8, 8, 32], "the BatchNorms || 各 BatchNorm")


def check_relus(work):
    """a ReLU stands before the second and the third convolution || 第二个和第三个卷积之前有 ReLU"""
    torch.manual_seed(0)
    layers, entered = work.Bottleneck(16, 4, 1).layers, []
    for m in layers.modules():
        if isinstance(m, nn.Conv2d):
            m.register_forward_pre_hook(lambda _, given: entered.append(given[0].detach().clone()))
    layers(torch.randn(4, 16, 6, 6))
    for number, x in enumerate(entered[1:], 2):
        that(
            bool((x >= 0).all()),
            f"Negative values enter convolution {number}: is there a ReLU before it?"
            f" || 第 {number} 个卷积收到了负值：它前面有 ReLU 吗？",
        )


def check_residual_may_be_negative(work):
    """nothing is cut off before the sum || 相加之前不截"""
    torch.manual_seed(0)
    out = work.Bottleneck(16, 4, 1).layers(torch.randn(4, 16, 6, 6))
    that(
        bool((out < 0).any()),
        "No value of layers(x) is negative: is there a ReLU at its end? It belongs after the sum."
        " || layers(x) 没有负值：末尾是不是有 ReLU？它应当在相加之后。",
    )


def check_shortcut(work):
    """the identity where the shape stays, a projection where not || 形状不变时是恒等，否则是投影"""
    x = torch.randn(2, 16, 6, 6)
    same = work.Bottleneck(16, 4, 1).shortcut
    equal(same(x), x, "Bottleneck(16, 4, 1).shortcut(x)")
    for args in ((16, 4, 2), (16, 8, 1)):
        around = work.Bottleneck(*args).shortcut
        made = [m for m in around.modules() if isinstance(m, nn.Conv2d)]
        equal(len(made), 1, f"convolutions in Bottleneck{args}.shortcut || 捷径里的卷积")
        equal(
            (made[0].kernel_size[0], made[0].stride[0], made[0].padding[0]),
            (1, args[2], 0),
            f"kernel, stride, padding of Bottleneck{args}.shortcut || 卷积核、步幅、填充",
        )


def check_parameters(work):
    """the blocks have the right number of parameters || 块的参数个数正确"""
    for case in CASES:
        equal(
            numbers(work.Bottleneck(*case)),
            right(*case),
            f"the parameters of Bottleneck{case} || Bottleneck{case} 的参数个数",
        )


def check_count(work):
    """the formula gives the same, also for large blocks || 公式给出同样的数，对很大的块也一样"""
    for case in (*CASES, (2048, 512, 1), (100_000, 50_000, 2)):
        equal(work.count(*case), right(*case), f"count{case}")
