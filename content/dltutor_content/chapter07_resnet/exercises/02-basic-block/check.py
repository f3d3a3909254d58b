import torch
import torch.nn.functional as F

from dltutor.learning.checks import close, equal, shape, that, untouched


def block(work, *args, last=1.0):
    torch.manual_seed(0)
    made = work.BasicBlock(*args).eval()
    with torch.no_grad():
        made.bn2.weight.fill_(last)
    return made


def check_shapes(work):
    """the shape with and without a change || 形状改变与不改变时的输出"""
    for args, size, out in (
        ((4, 4, 1), (2, 4, 8, 8), (2, 4, 8, 8)),
        ((4, 8, 2), (2, 4, 8, 8), (2, 8, 4, 4)),
        ((4, 8, 2), (2, 4, 7, 9), (2, 8, 4, 5)),
    ):
        shape(
            block(work, *args)(torch.randn(size)),
            out,
            f"BasicBlock{args}(x)",
            {"x.shape": size},
        )


def check_shortcut(work):
    """every second row and column, zeros in the new channels || 每隔一行一列，新通道为零"""
    x = torch.arange(32.0).reshape(1, 2, 4, 4)
    expected = torch.cat([x[:, :, ::2, ::2], torch.zeros(1, 2, 2, 2)], dim=1)
    equal(block(work, 2, 4, 2).shortcut(x), expected, "BasicBlock(2, 4, 2).shortcut(x)", {"x": x})
    equal(block(work, 2, 2, 1).shortcut(x), x, "BasicBlock(2, 2, 1).shortcut(x)", {"x": x})


def check_doing_nothing(work):
    """with a residual of 0 an input that is not negative comes out again || 残差为 0 时，非负的输入原样出来"""
    x = torch.rand(2, 4, 5, 5)
    equal(
        block(work, 4, 4, 1, last=0.0)(x).detach(),
        x,
        "BasicBlock(4, 4)(x)",
        "bn2.weight = 0, so F(x) = 0 || bn2.weight = 0，所以 F(x) = 0",
    )


def check_values(work):
    """ReLU comes after the addition || ReLU 在加法之后"""
    for args in ((4, 4, 1), (4, 8, 2)):
        made = block(work, *args, last=0.5)
        x = torch.rand(3, 4, 6, 6)
        inner = F.relu(made.bn1(made.conv1(x)))
        residual = made.bn2(made.conv2(inner))
        around = F.pad(x[:, :, :: args[2], :: args[2]], (0, 0, 0, 0, 0, args[1] - 4))
        close(
            made(x).detach(),
            F.relu(residual + around).detach(),
            1e-4,
            1e-5,
            f"BasicBlock{args}(x)",
            "its own layers || 它自己的层",
        )


def check_parameters(work):
    """the shortcut has no parameters || 捷径没有参数"""
    got = sum(p.numel() for p in block(work, 4, 8, 2).parameters())
    equal(got, 9 * 4 * 8 + 9 * 8 * 8 + 32, "the number of parameters || 参数个数")


def check_input_and_gradient(work):
    """the input stays as it was, and the shortcut carries gradient || 输入保持原样，捷径能传梯度"""
    untouched(block(work, 4, 4, 1), torch.randn(2, 4, 5, 5), name="BasicBlock(4, 4)(x)")
    made = block(work, 4, 4, 1, last=0.0)
    x = torch.rand(2, 4, 5, 5) + 0.1
    x.requires_grad_()
    out = made(x)
    that(
        out.requires_grad,
        "No gradient flows back to the input. || 没有梯度传回输入。",
    )
    (grad,) = torch.autograd.grad(out.sum(), x)
    close(grad, torch.ones_like(x), name="the gradient for x || 对 x 的梯度", when="F(x) = 0")
