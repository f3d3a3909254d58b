import copy

import torch
import torch.nn.functional as F
from torch import nn

from dltutor.learning.checks import close, equal, that


class Fixed(nn.Module):
    """Gives the pictures themselves as logits, times a weight of 1."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(()))

    def forward(self, x):
        return self.weight * x


class Descent:
    """Plain SGD. The first step of torch.optim imports the compiler, which takes longer than all checks."""

    def __init__(self, parameters, lr):
        self.parameters, self.lr = list(parameters), lr

    def zero_grad(self, set_to_none=True):
        for parameter in self.parameters:
            parameter.grad = None

    def step(self):
        with torch.no_grad():
            for parameter in self.parameters:
                if parameter.grad is not None:
                    parameter -= self.lr * parameter.grad


def measure(work, logits, labels, batch_size=4):
    model = Fixed()
    return work.train_epoch(model, Descent(model.parameters(), lr=0.0), logits, labels, batch_size)


def check_sure_and_right(work):
    """a model that is sure and right has a loss near 0 || 有把握而且全对的模型，损失接近 0"""
    labels = torch.arange(10)
    loss, _ = measure(work, 100 * torch.eye(10), labels)
    close(
        loss,
        0.0,
        atol=1e-4,
        name="the mean loss || 平均损失",
        when="logits 100 at the label and 0 elsewhere || 标签处的 logit 为 100，其余为 0",
    )


def check_values(work):
    """loss and accuracy of known logits, in uneven batches || 已知 logits 的损失和准确率，批量大小不等"""
    torch.manual_seed(0)
    logits, labels = 3 * torch.randn(10, 5), torch.arange(10) % 5
    expected = (
        F.cross_entropy(logits, labels).item(),
        (logits.argmax(1) == labels).sum().item() / 10,
    )
    got = measure(work, logits, labels)
    close(
        got,
        expected,
        1e-4,
        1e-5,
        "(loss, accuracy)",
        "10 pictures in batches of 4, 4, 2 || 10 张图片，批量为 4、4、2",
    )


def check_large_logits(work):
    """logits of 1000 do no harm || logits 达到 1000 也不出问题"""
    logits, labels = torch.tensor([[1000.0, 0.0], [1000.0, 0.0]]), torch.tensor([0, 1])
    got = measure(work, logits, labels)
    close(got, (500.0, 0.5), 1e-4, 1e-5, "(loss, accuracy)", {"logits": logits, "labels": labels})


def check_step(work):
    """a batch moves the weights along the gradient of the cross-entropy || 一个批量使权重沿交叉熵的梯度更新"""
    torch.manual_seed(0)
    images, labels = torch.randn(6, 4), torch.tensor([0, 1, 2, 2, 1, 0])
    model = nn.Linear(4, 3)
    expected = copy.deepcopy(model)
    F.cross_entropy(expected(images), labels).backward()
    with torch.no_grad():
        for parameter in expected.parameters():
            parameter -= 0.5 * parameter.grad
    work.train_epoch(model, Descent(model.parameters(), lr=0.5), images, labels, 6)
    for name in ("weight", "bias"):
        close(
            getattr(model, name).detach(),
            getattr(expected, name).detach(),
            1e-4,
            1e-5,
            f"model.{name}",
            "one batch, SGD with lr = 0.5 || 一个批量，SGD，lr = 0.5",
        )


def check_steps(work):
    """each batch starts from a gradient of zero, in training mode || 每个批量都从零梯度开始，并处于训练模式"""
    images, labels = torch.ones(4, 1), torch.zeros(4, dtype=torch.int64)
    modes = []

    class Watched(nn.Linear):
        def forward(self, x):
            modes.append(self.training)
            return super().forward(x)

    model = Watched(1, 2, bias=False)
    nn.init.zeros_(model.weight)
    expected = torch.zeros(2, 1, requires_grad=True)
    for _ in range(2):
        (grad,) = torch.autograd.grad(
            F.cross_entropy(images[:2] @ expected.T, labels[:2]), expected
        )
        expected = (expected - grad).detach().requires_grad_()
    model.eval()
    work.train_epoch(model, Descent(model.parameters(), lr=1.0), images, labels, 2)
    close(
        model.weight.detach(),
        expected.detach(),
        name="model.weight",
        when="two equal batches, SGD with lr = 1; each starts from a gradient of zero"
        " || 两个相同的批量，SGD，lr = 1；每个都从零梯度开始",
    )
    that(
        bool(modes) and all(modes),
        "The model was not in training mode when its batches came: dropout would be off while it learns."
        " || 批量到来时模型不在训练模式：训练中 dropout 会不起作用。",
    )


def check_learns(work):
    """on pictures that are easy to tell apart the loss gets small || 图片容易区分时，损失会变得很小"""
    torch.manual_seed(0)
    labels = torch.arange(60) % 10
    images = torch.eye(10)[labels] + 0.05 * torch.randn(60, 10)
    model = nn.Linear(10, 10)
    optimiser = Descent(model.parameters(), lr=5.0)
    for _ in range(30):
        result = work.train_epoch(model, optimiser, images, labels, 16)
    equal(type(result).__name__, "tuple", "the type of the result || 结果的类型")
    loss = float(result[0])
    that(
        loss < 0.5,
        f"After 30 epochs on ten classes that are easy to tell apart the loss is {loss:.3f}; below 0.5 was expected."
        f" || 在十个容易区分的类别上训练 30 个轮次后，损失是 {loss:.3f}；应当低于 0.5。",
    )
