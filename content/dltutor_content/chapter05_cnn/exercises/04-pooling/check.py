import torch
import torch.nn.functional as F

from dltutor.learning.checks import close, equal, gradient, shape, that


def check_by_hand(work):
    """the four windows of the lesson || 课文里的四个窗口"""
    rows = [[1, 0, 2, 3], [4, 6, 6, 8], [3, 1, 1, 0], [1, 2, 2, 4]]
    x = torch.tensor([[rows]], dtype=torch.float32)
    equal(work.max_pool(x, 2), torch.tensor([[[[6.0, 8.0], [3.0, 4.0]]]]), "max_pool(x, 2)", {"x": x})


def check_windows(work):
    """windows of other sizes, negative numbers too || 其他大小的窗口，也有负数"""
    torch.manual_seed(0)
    for size, window in (((2, 3, 6, 8), 2), ((1, 2, 9, 6), 3), ((2, 1, 4, 4), 4), ((1, 1, 5, 3), 1)):
        x = torch.randn(size) - 3
        when = {"x.shape": size, "window": window}
        equal(work.max_pool(x, window), F.max_pool2d(x, window), "max_pool", when)


def check_left_over(work):
    """what fills no window is dropped || 凑不满窗口的部分被丢掉"""
    torch.manual_seed(1)
    for size, window in (((1, 2, 13, 13), 2), ((2, 1, 8, 5), 3), ((1, 1, 7, 10), 4)):
        x = torch.randn(size)
        when = {"x.shape": size, "window": window}
        equal(work.max_pool(x, window), F.max_pool2d(x, window), "max_pool", when)


def check_pool_gradient(work):
    """the gradient goes to the largest of each window || 梯度传给每个窗口里最大的那个"""
    torch.manual_seed(2)
    x = torch.randn(1, 2, 5, 4, dtype=torch.float64)
    gradient(
        lambda x: work.max_pool(x, 2), x, like=lambda x: F.max_pool2d(x, 2), name="max_pool(x, 2)"
    )


def check_head(work):
    """the mean of each channel, then a linear layer || 每个通道的平均，再经过线性层"""
    torch.manual_seed(3)
    head = work.PooledHead(6, 10)
    count = sum(p.numel() for p in head.parameters())
    that(
        count == 70,
        f"PooledHead(6, 10) should have 6 * 10 + 10 = 70 parameters and has {count}."
        f" || PooledHead(6, 10) 应有 6 * 10 + 10 = 70 个参数，现在有 {count} 个。",
    )
    maps = torch.randn(4, 6, 16, 16)
    expected = head.linear(maps.mean(dim=(2, 3))).detach()
    close(head(maps).detach(), expected, 1e-4, 1e-5, "PooledHead(6, 10)(maps)")


def check_any_size(work):
    """maps of any size || 任何大小的特征图"""
    head = work.PooledHead(3, 2)
    for size in ((5, 3, 16, 16), (1, 3, 1, 1), (2, 3, 7, 30)):
        shape(head(torch.randn(size)), (size[0], 2), "PooledHead(3, 2)(maps)", {"maps.shape": size})


def check_shift(work):
    """a moved map has the same logits || 移动过的特征图，logits 不变"""
    torch.manual_seed(4)
    head = work.PooledHead(2, 3)
    maps = torch.zeros(1, 2, 12, 12)
    maps[:, :, 3:6, 2:7] = torch.rand(1, 2, 3, 5)
    moved = maps.roll((4, 3), dims=(2, 3))
    close(head(moved).detach(), head(maps).detach(), 1e-4, 1e-6, "head(moved)", "a map moved by 4 and 3 || 移动 4 行 3 列")
