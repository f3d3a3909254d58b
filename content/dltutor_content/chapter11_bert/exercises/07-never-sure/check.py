import torch

from dltutor.learning.checks import close, that


def head_of(work, lead):
    """Logits of (lead, 0) for x = [[1]]."""
    head = work.Head(1, 2)
    with torch.no_grad():
        head.linear.weight[:] = torch.tensor([[lead], [0.0]])
        head.linear.bias.zero_()
    return head


X, Y = torch.ones(1, 1), torch.tensor([0])


def check_sure(work):
    """a sure and right answer costs nothing || 有把握的正确回答没有损失"""
    loss = head_of(work, 20.0).loss(X, Y)
    close(loss.detach(), torch.tensor(0.0), atol=1e-5, name="loss of logits (20, 0), target 0")


def check_unsure(work):
    """an unsure one costs ln 2 || 没把握时损失为 ln 2"""
    loss = head_of(work, 0.0).loss(X, Y)
    close(loss.detach(), torch.tensor(0.693147), rtol=1e-4, name="loss of logits (0, 0)")


def check_wrong(work):
    """a sure and wrong one is pulled hard || 有把握的错误回答梯度很大"""
    head = head_of(work, -8.0)
    head.loss(X, Y).backward()
    close(
        head.linear.weight.grad[0], torch.tensor([-0.99966]), rtol=1e-3,
        name="gradient of the right class's weight, logits (-8, 0)",
    )


def check_probabilities(work):
    """probabilities sum to 1 || 概率之和为 1"""
    p = head_of(work, 2.0).probabilities(X).detach()
    close(p, torch.tensor([[0.880797, 0.119203]]), rtol=1e-4, name="probabilities of (2, 0)")
    that(
        bool((p >= 0).all()),
        "Probabilities are not negative. || 概率不能为负。",
    )
