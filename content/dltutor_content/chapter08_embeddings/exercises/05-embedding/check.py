import torch
from torch import nn

from dltutor.learning.checks import close, equal, that

VOCABULARY = ["<pad>", "oil", "he", "zzz"]


def layer(work, frozen):
    vectors = {
        "he": torch.tensor([1.0, 2.0]),
        "<pad>": torch.tensor([9.0, 9.0]),
        "tax": torch.tensor([5.0, 5.0]),
        "oil": torch.tensor([3.0, 4.0]),
    }
    return work.embedding(VOCABULARY, vectors, frozen), vectors


def check_rows(work):
    """each word has its own vector || 每个词拿到自己的向量"""
    made, _ = layer(work, False)
    equal(tuple(made.weight.shape), (4, 2), "weight.shape")
    close(made.weight[1].detach(), torch.tensor([3.0, 4.0]), name="row of oil || oil 的行")
    close(made.weight[2].detach(), torch.tensor([1.0, 2.0]), name="row of he || he 的行")


def check_padding(work):
    """the padding row is zero, though the file has a <pad> || 填充行是零，即使文件里有 <pad>"""
    made, _ = layer(work, False)
    close(made.weight[0].detach(), torch.zeros(2), name="row 0 || 第 0 行")


def check_unknown(work):
    """a word without a vector is not zero || 没有词向量的词不是零"""
    made, _ = layer(work, False)
    that(bool(made.weight[3].detach().abs().sum() > 0), "row 3, a word without a vector, is zero || 第 3 行（没有词向量的词）是零")


def check_training(work):
    """after a step only padding is where it was || 训练一步之后只有填充行不动"""
    made, _ = layer(work, False)
    before = made.weight.detach().clone()
    optimiser = torch.optim.SGD([p for p in made.parameters() if p.requires_grad] or [nn.Parameter(torch.zeros(1))], lr=0.1)
    made(torch.tensor([0, 1, 2, 3])).sum().backward() if made.weight.requires_grad else None
    optimiser.step()
    moved = (made.weight.detach() != before).any(dim=1).tolist()
    equal(moved, [False, True, True, True], "which rows moved || 哪些行动了")


def check_frozen(work):
    """frozen: nothing is trained || 冻结：什么也不训练"""
    made, _ = layer(work, True)
    equal([p.requires_grad for p in made.parameters()], [False], "requires_grad")


def check_untouched(work):
    """the vectors that came in stay || 传入的向量不变"""
    _, vectors = layer(work, False)
    close(vectors["<pad>"], torch.tensor([9.0, 9.0]), name="vectors['<pad>']")
