import torch

from dltutor.learning.checks import close, equal, shape, untouched


def check_by_hand(work):
    """the numbers of the statement || 题目里的数"""
    h = torch.tensor([[[0.2], [-0.4], [0.0], [0.0]], [[-0.3], [-0.4], [0.0], [0.0]]])
    lengths = torch.tensor([2, 2])
    close(untouched(work.pool, h, lengths), torch.tensor([[0.2, -0.1], [-0.3, -0.35]]), name="pool", when=h)


def check_whole(work):
    """without padding the plain maximum and mean || 没有填充时就是普通的最大与平均"""
    h = torch.randn(3, 5, 4, generator=torch.Generator().manual_seed(0))
    got = work.pool(h, torch.tensor([5, 5, 5]))
    shape(got, (3, 8), "pool", when="(3, 5, 4)")
    close(got, torch.cat([h.amax(1), h.mean(1)], dim=1), name="pool")


def check_behind(work):
    """what stands behind has no influence || 后面的内容没有影响"""
    h = torch.randn(3, 6, 2, generator=torch.Generator().manual_seed(1))
    lengths = torch.tensor([6, 1, 3])
    other = h.clone()
    other[1, 1:], other[2, 3:] = 1000.0, -1000.0
    close(work.pool(other, lengths), work.pool(h, lengths), name="pool", when="1000 behind row 1, -1000 behind row 2 || 第 1 行后面是 1000，第 2 行后面是 -1000")


def check_gradient(work):
    """the gradient at the padding is 0, and nowhere nan || 填充处的梯度为 0，处处不是 nan"""
    h = torch.randn(2, 4, 3, generator=torch.Generator().manual_seed(2)).requires_grad_()
    (slope,) = torch.autograd.grad(work.pool(h, torch.tensor([2, 4])).sum(), h)
    equal(slope[0, 2:], torch.zeros(2, 3), name="the gradient behind the length || 长度之后的梯度")
    close(slope.sum(dim=1), torch.full((2, 3), 2.0), name="the gradient's sum over time || 梯度沿时间之和")
