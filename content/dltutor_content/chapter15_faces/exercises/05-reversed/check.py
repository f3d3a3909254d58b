import torch
from torch import nn

from dltutor.learning.checks import close, equal, that


def check_labels(work):
    """the label is 1 for the same person || 标签 1 表示同一人"""
    first, second, same = work.make_pairs(torch.tensor([5, 5, 2]))
    pairs = sorted(zip(first.tolist(), second.tolist(), same.tolist()))
    equal(pairs, [(0, 1, 1.0), (0, 2, 0.0), (1, 2, 0.0)], "pairs of the people 5, 5, 2 || 5、5、2 三张图片的样本对")


def check_dtype(work):
    """the labels are float32 || 标签是 float32"""
    equal(work.make_pairs(torch.tensor([0, 1, 1]))[2].dtype, torch.float32, "same.dtype")


def check_loss(work):
    """the loss by its formula || 损失符合公式"""
    d, same = torch.tensor([0.3, 0.9, 0.3, 1.2]), torch.tensor([1.0, 1.0, 0.0, 0.0])
    close(work.contrastive(d, same, 1.0), (0.09 + 0.81 + 0.49 + 0) / 4, name="contrastive")


def check_training(work):
    """training brings one person together || 训练使同一人靠近"""
    torch.manual_seed(0)
    y = torch.arange(6).repeat_interleave(4)
    x = torch.randn(6, 10)[y] + 0.7 * torch.randn(24, 10)
    model = nn.Linear(10, 4)
    optimiser = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(150):
        work.step(model, optimiser, x, y)
    with torch.no_grad():
        d = torch.cdist(model(x), model(x))
    same = y[:, None] == y
    one = float(d[same & ~torch.eye(24, dtype=torch.bool)].mean())
    two = float(d[~same].mean())
    that(
        one < 0.7 * two,
        f"after 150 steps one person's pictures are {one:.2f} apart, two people's {two:.2f}: they should be nearer."
        f" || 150 步之后，同一人的平均距离是 {one:.2f}，不同的人是 {two:.2f}：同一人应当更近。",
    )
