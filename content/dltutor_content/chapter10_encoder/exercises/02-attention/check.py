import torch
import torch.nn.functional as F

from dltutor.learning.checks import close, equal, shape


def numbers(*size, seed=0):
    return torch.randn(*size, generator=torch.Generator().manual_seed(seed))


def check_by_hand(work):
    """the three places of the lesson || 课文里的三个位置"""
    q = torch.tensor([[1.0, 1.0, 1.0, 2.0]])
    k = torch.tensor([[2.0, 0.0, 0.0, 1.0], [0.0, 1.0, 1.0, 0.0], [2.0, 0.0, 0.0, -1.0]])
    v = torch.tensor([[10.0, 0.0], [0.0, 10.0], [5.0, 5.0]])
    mixed, weights = work.attend(q, k, v, None)
    close(weights, torch.tensor([[2.0, 1.0, 0.0]]).softmax(1), name="weights")
    close(mixed, torch.tensor([[7.1025, 2.8975]]), atol=1e-3, name="mixed")


def check_torch(work):
    """the same as PyTorch's, for a batch of heads and other lengths || 一批的多个头、不同长度，与 PyTorch 相同"""
    q, k, v = numbers(2, 3, 5, 16), numbers(2, 3, 7, 16, seed=1), numbers(2, 3, 7, 4, seed=2)
    mixed, weights = work.attend(q, k, v, None)
    shape(weights, (2, 3, 5, 7), name="weights")
    close(mixed, F.scaled_dot_product_attention(q, k, v), atol=1e-5, name="mixed")


def check_mask(work):
    """places that are not there get exactly 0 || 不存在的位置恰好得 0"""
    q, k, v = numbers(2, 4, 8), numbers(2, 4, 8, seed=1), numbers(2, 4, 3, seed=2)
    there = torch.tensor([[True, True, False, False], [True, True, True, True]])[:, None]
    mixed, weights = work.attend(q, k, v, there)
    equal(weights[0, :, 2:], torch.zeros(4, 2), name="weights of padding || 填充的权重")
    close(weights.sum(-1), torch.ones(2, 4), name="sum of the weights || 权重之和")
    close(mixed[0], work.attend(q[0], k[0, :2], v[0, :2], None)[0], atol=1e-5,
          name="mixed", when="with the padding, and cut off || 带填充与截去填充")


def check_gradients(work):
    """gradients as PyTorch's || 梯度与 PyTorch 相同"""
    made = [numbers(4, 6, seed=s).requires_grad_() for s in range(3)]
    same = [m.detach().clone().requires_grad_() for m in made]
    work.attend(*made, None)[0].square().sum().backward()
    F.scaled_dot_product_attention(*same).square().sum().backward()
    for name, a, b in zip("qkv", made, same):
        close(a.grad, b.grad, atol=1e-4, name=f"{name}.grad")
