import torch

from dltutor.learning.checks import close, shape, that


def trained(work):
    torch.manual_seed(0)
    ids = torch.randint(1, 30, (8, 6))
    y = torch.arange(8) % 4
    model = work.Classifier(30)
    optimiser = torch.optim.Adam(model.parameters(), lr=0.02)
    losses = [float(work.step(model, optimiser, ids, y)) for _ in range(120)]
    return model, ids, y, losses


def check_loss(work):
    """eight texts are learnt by heart || 八条文本能够记住"""
    losses = trained(work)[3]
    that(0 <= losses[-1] < 0.1, f"after 120 steps the loss is {losses[-1]:.3f}; between 0 and 0.1 was expected || 120 步之后损失是 {losses[-1]:.3f}，应当在 0 与 0.1 之间")


def check_probabilities(work):
    """probabilities add up to 1, and are sure of what was learnt || 概率之和为 1，对学过的有把握"""
    model, ids, y, _ = trained(work)
    p = work.probabilities(model, ids)
    shape(p, (8, 4), "probabilities")
    close(p.sum(dim=1), torch.ones(8), rtol=1e-4, name="sums || 各行之和")
    sure = float(p[torch.arange(8), y].min())
    that(sure > 0.8, f"the true class of a learnt text has {sure:.2f}; above 0.8 was expected || 学过的文本，真实类别的概率只有 {sure:.2f}，应当高于 0.8")


def check_start(work):
    """the first loss is that of guessing || 最初的损失就是瞎猜的损失"""
    torch.manual_seed(1)
    model = work.Classifier(30)
    with torch.no_grad():
        model.out.weight.zero_()
        model.out.bias.zero_()
    optimiser = torch.optim.SGD(model.parameters(), lr=0.0)
    got = work.step(model, optimiser, torch.randint(1, 30, (4, 5)), torch.arange(4))
    close(got, 1.3862944, rtol=1e-4, name="loss")


def check_sure(work):
    """a sure and wrong answer has a large loss, not an infinite one || 有把握的错误答案损失很大，但不是无穷"""
    model = work.Classifier(30)
    with torch.no_grad():
        model.out.weight.zero_()
        model.out.bias.copy_(torch.tensor([200.0, 0.0, 0.0, 0.0]))
    optimiser = torch.optim.SGD(model.parameters(), lr=0.0)
    got = work.step(model, optimiser, torch.randint(1, 30, (2, 5)), torch.tensor([1, 2]))
    close(got, 200.0, rtol=1e-4, name="loss")
