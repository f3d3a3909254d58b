import torch
import torch.nn.functional as F

from dltutor.learning.checks import close, gradient, shape, that, untouched

NAME = "log_softmax(z)"


def check_values(work):
    """known values || 已知的值"""
    z = torch.tensor([1.0, 2.0, 3.0])
    close(work.log_softmax(z), torch.tensor([-2.407606, -1.407606, -0.407606]), name=NAME, when={"z": z})


def check_rows(work):
    """each row by itself, also in a square batch || 每行各自计算，方形的批量也一样"""
    torch.manual_seed(0)
    for size in ((4, 4), (5, 3), (2, 3, 4)):
        z = torch.randn(size)
        got = work.log_softmax(z)
        shape(got, size, NAME)
        close(got, F.log_softmax(z, dim=-1), 1e-4, 1e-5, NAME, f"z of shape {size} || 形状为 {size} 的 z")


def check_large(work):
    """large logits do not overflow || 很大的 logits 不会溢出"""
    z = torch.tensor([[100.0, 50.0, -50.0], [1e30, 0.0, -1e30]])
    expected = torch.tensor([[0.0, -50.0, -150.0], [0.0, -1e30, -2e30]])
    close(work.log_softmax(z), expected, name=NAME, when={"z": z})


def check_small(work):
    """logits that are all far below zero || 全都远小于零的 logits"""
    z = torch.tensor([-200.0, -201.0])
    close(work.log_softmax(z), torch.tensor([-0.313262, -1.313262]), name=NAME, when={"z": z})


def check_gradient(work):
    """the gradient is right, and finite for large logits || 梯度正确，logits 很大时也有限"""
    torch.manual_seed(0)
    gradient(work.log_softmax, torch.randn(3, 5), like=lambda z: F.log_softmax(z, dim=-1), name=NAME)
    z = torch.tensor([300.0, -300.0], requires_grad=True)
    (slope,) = torch.autograd.grad(work.log_softmax(z)[1], z)
    that(
        bool(slope.isfinite().all()),
        f"For z = [300, -300] the gradient of the second result is {slope.tolist()}; it should be finite."
        f" || z = [300, -300] 时，第二个结果的梯度是 {slope.tolist()}，应当是有限的数。",
    )


def check_double(work):
    """float64 stays float64, and z stays as it was || float64 仍是 float64，z 保持不变"""
    z = torch.tensor([[0.5, 700.0, -3.0]], dtype=torch.float64)
    got = untouched(work.log_softmax, z, name=NAME)
    close(got, F.log_softmax(z, dim=-1), 1e-12, 1e-12, NAME, {"z": z})
