import torch

from dltutor.learning.checks import close, equal


def one_hot(said, classes):
    return torch.nn.functional.one_hot(torch.tensor(said), classes).float() * 5


def check_by_hand(work):
    """characters count, not sentences || 按字，而不是按句"""
    x = torch.tensor([[7, 0, 0], [3, 4, 5]])
    y = torch.tensor([[2, 0, 0], [1, 2, 3]])
    scores = one_hot([[2, 1, 1], [1, 2, 1]], 6)
    loss, accuracy = work.measure(scores, x, y)
    close(accuracy, 0.75, name="accuracy || 准确率")
    kept = [(0, 0), (1, 0), (1, 1), (1, 2)]
    wanted = -sum(scores[i, t].log_softmax(0)[y[i, t]] for i, t in kept) / 4
    close(loss, wanted, name="loss || 损失")


def check_padding(work):
    """scores in the padding have no influence || 填充处的分数没有影响"""
    x = torch.tensor([[7, 8, 0, 0]])
    y = torch.tensor([[2, 3, 0, 0]])
    scores = torch.randn(1, 4, 5, generator=torch.Generator().manual_seed(1))
    wild = scores.clone()
    wild[:, 2:] = 50 * torch.randn(1, 2, 5, generator=torch.Generator().manual_seed(2))
    a, b = work.measure(scores, x, y), work.measure(wild, x, y)
    close(b[0], a[0], name="loss || 损失")
    close(b[1], a[1], name="accuracy || 准确率")


def check_unknown(work):
    """an unknown character is never right || 未知的字不算对"""
    scores = one_hot([[0, 2]], 4)
    accuracy = work.measure(scores, torch.tensor([[5, 6]]), torch.tensor([[0, 2]]))[1]
    equal(accuracy, 0.5, name="accuracy || 准确率", when="y = [[0, 2]]")


def check_thousands(work):
    """class numbers above 255, as int16 || 大于 255 的类别编号，int16"""
    y = torch.tensor([[300, 3448]], dtype=torch.int16)
    scores = one_hot([[300, 3448]], 3449)
    loss, accuracy = work.measure(scores, torch.tensor([[5, 6]]), y)
    equal(accuracy, 1.0, name="accuracy || 准确率")
    close(loss, -scores[0, 0].log_softmax(0)[300], name="loss || 损失")


def check_gradient(work):
    """the loss can be differentiated, padding gets none || 损失可以求导，填充没有梯度"""
    scores = torch.randn(2, 3, 5, generator=torch.Generator().manual_seed(4)).requires_grad_()
    x = torch.tensor([[1, 2, 0], [1, 2, 3]])
    work.measure(scores, x, torch.tensor([[1, 2, 0], [1, 2, 3]]))[0].backward()
    equal(scores.grad[0, 2], torch.zeros(5), name="scores.grad[0, 2]")
