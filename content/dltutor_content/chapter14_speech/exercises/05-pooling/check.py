import torch

from dltutor.learning.checks import close, shape


def check_by_hand(work):
    """the three places of the lesson || 课文里的三个位置"""
    x = torch.tensor([[[1.0, 0.0], [0.0, 1.0], [100.0, 100.0]]])
    scores = torch.tensor([[1.0, 3.0, 2.0]])
    there = torch.tensor([[True, True, False]])
    pooled, weights = work.pool(x, scores, there)
    close(weights, torch.tensor([[0.119203, 0.880797, 0.0]]), name="weights", when=scores)
    close(pooled, torch.tensor([[0.119203, 0.880797]]), name="x_pooled", when=x)


def check_batch(work):
    """each clip has its own weights, over time || 每段有自己的权重，沿时间"""
    g = torch.Generator().manual_seed(0)
    x, scores = torch.randn(3, 7, 4, generator=g), torch.randn(3, 7, generator=g)
    there = torch.arange(7) < torch.tensor([[7], [4], [1]])
    pooled, weights = work.pool(x, scores, there)
    shape(pooled, (3, 4), "x_pooled")
    shape(weights, (3, 7), "weights")
    close(weights.sum(dim=1), torch.ones(3), name="the sums of the weights || 权重之和")
    close(pooled[2], x[2, 0], name="x_pooled", when="only one place is there || 只有一个位置存在")


def check_low_scores(work):
    """padding weighs nothing however low the scores are || 分数再低，填充也没有权重"""
    scores = torch.tensor([[-2000.0, -2001.0, 50.0]])
    there = torch.tensor([[True, True, False]])
    x = torch.tensor([[[1.0], [2.0], [999.0]]])
    pooled, _ = work.pool(x, scores, there)
    close(pooled, torch.tensor([[1.268941]]), name="x_pooled", when=scores)
