import torch
import torch.nn.functional as F

from dltutor.learning.checks import close, equal, shape, that

WIDTHS = [784, 312, 256, 10]


def build(work, widths):
    torch.manual_seed(0)
    return work.MLP(widths).eval()


def check_shapes(work):
    """pictures or rows of pixels become ten numbers each || 图片或一行像素，每张变成十个数"""
    model = build(work, WIDTHS)
    for size in ((8, 1, 28, 28), (1, 1, 28, 28), (5, 784)):
        shape(
            model(torch.rand(size)), (size[0], 10), "MLP([784, 312, 256, 10])(x)", {"x.shape": size}
        )


def check_parameters(work):
    """every layer has weights and biases of its own, which the optimiser finds || 每层都有自己的权重和偏置，优化器找得到"""
    for widths, count in (
        (WIDTHS, 784 * 312 + 312 + 312 * 256 + 256 + 256 * 10 + 10),
        ([6, 6, 6, 6], 3 * (6 * 6 + 6)),
        ([20, 16, 12, 8, 4], 20 * 16 + 16 + 16 * 12 + 12 + 12 * 8 + 8 + 8 * 4 + 4),
    ):
        got = sum(p.numel() for p in build(work, widths).parameters())
        that(
            got == count,
            f"MLP({widths}) should have {count} parameters and has {got}: each layer n * m weights and m biases of its"
            " own, where parameters() finds them (an attribute, an nn.ModuleList, an nn.Sequential; not a list)"
            f" || MLP({widths}) 应有 {count} 个参数，现在有 {got} 个：每层有自己的 n * m 个权重和 m 个偏置，并且放在"
            " parameters() 找得到的地方（属性、nn.ModuleList、nn.Sequential，而不是列表）",
        )


def check_logits(work):
    """the outputs are logits: negative and large ones occur, and rows have no fixed sum || 输出是 logits：有负值，也有大值，每行之和不固定"""
    x = 1000 * torch.randn(64, 784)
    out = build(work, WIDTHS)(x)
    shape(out, (64, 10), "MLP([784, 312, 256, 10])(x)", {"x.shape": (64, 784)})
    that(
        bool((out < 0).any()),
        "No output is negative in 64 pictures: is there a ReLU, a sigmoid or a softmax after the last layer?"
        " || 64 张图片里没有一个负的输出：最后一层之后是不是还有 ReLU、sigmoid 或 softmax？",
    )
    that(
        bool((out > 1).any()),
        "No output is above 1, even for very large pixels: something after the last layer limits it."
        " || 即使像素值极大，也没有一个输出大于 1：最后一层之后有什么限制了它。",
    )


def check_relu(work):
    """hidden layers are followed by ReLU, the last by nothing || 隐藏层之后是 ReLU，最后一层之后什么也没有"""
    model = build(work, [6, 5, 4, 3])
    weights = [p.detach() for p in model.parameters() if p.ndim == 2]
    # parameters of one's own may stand the other way round
    weights = [w.T if w.shape[0] == w.shape[1] + 1 else w for w in weights]
    biases = [p.detach() for p in model.parameters() if p.ndim == 1]
    equal(
        [tuple(w.shape) for w in weights],
        [(5, 6), (4, 5), (3, 4)],
        "the shapes of the weights of MLP([6, 5, 4, 3]) || MLP([6, 5, 4, 3]) 各权重的形状",
    )
    x = torch.randn(16, 6)
    expected = x
    for i, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
        expected = F.linear(expected, weight, bias)
        if i < 2:
            expected = expected.relu()
    close(
        model(x).detach(),
        expected,
        name="MLP([6, 5, 4, 3])(x)",
        when="its own weights, used as linear, ReLU, linear, ReLU, linear"
        " || 它自己的权重，依次为线性、ReLU、线性、ReLU、线性",
    )


def check_single_layer(work):
    """two widths make one linear layer, without any ReLU || 两个宽度就是一个线性层，没有 ReLU"""
    model = build(work, [784, 10])
    x = torch.randn(32, 784)
    shape(model(x), (32, 10), "MLP([784, 10])(x)", {"x.shape": (32, 784)})
    zero = model(torch.zeros(1, 784)).detach()
    close(
        (model(x) + model(-x)).detach(),
        (2 * zero).expand(32, 10),
        atol=1e-4,
        name="MLP([784, 10])(x) + MLP([784, 10])(-x)",
        when="any x: a linear layer gives twice its bias || 任意 x：线性层得到偏置的两倍",
    )


def check_gradient(work):
    """the gradient reaches every parameter || 梯度能传到每一个参数"""
    model = build(work, WIDTHS)
    that(
        any(p.requires_grad for p in model.parameters()),
        "The model has no parameters to train. || 模型没有可训练的参数。",
    )
    loss = F.cross_entropy(model(torch.randn(64, 1, 28, 28)), torch.arange(64) % 10)
    loss.backward()
    for name, parameter in model.named_parameters():
        that(
            parameter.grad is not None and bool((parameter.grad != 0).any()),
            f"No gradient reaches {name}: is this layer used in forward, and is nothing detached?"
            f" || 梯度没有传到 {name}：forward 里用到这一层了吗，有没有被 detach 切断？",
        )
