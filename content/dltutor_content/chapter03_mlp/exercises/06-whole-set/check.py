import torch
import torch.nn.functional as F
from torch import nn

from dltutor.learning.checks import close, equal

NAME = "(loss, accuracy)"


def ten_pictures():
    """Logits for ten pictures of two classes; the last two are wrong."""
    logits = torch.tensor([[2.0, 0.0]] * 8 + [[0.0, 4.0]] * 2)
    return logits, torch.zeros(10, dtype=torch.int64)


def check_uneven(work):
    """batches of 4, 4 and 2, of which the last is wrong || 批量为 4、4、2，最后一批判错"""
    logits, labels = ten_pictures()
    expected = (F.cross_entropy(logits, labels).item(), 0.8)
    close(
        work.evaluate(nn.Identity(), logits, labels, 4),
        expected,
        1e-4,
        1e-5,
        NAME,
        "10 pictures in batches of 4, 4, 2 || 10 张图片，批量为 4、4、2",
    )


def check_any_batch_size(work):
    """the batch size changes nothing || 批量大小不影响结果"""
    torch.manual_seed(0)
    logits, labels = 2 * torch.randn(37, 10), torch.arange(37) % 10
    right = (logits.argmax(1) == labels).sum().item()
    expected = (F.cross_entropy(logits, labels).item(), right / 37)
    for size in (1, 8, 36, 37, 1000):
        got = work.evaluate(nn.Identity(), logits, labels, size)
        close(got, expected, 1e-4, 1e-5, NAME, {"N": 37, "batch_size": size})


def check_floats(work):
    """both results are floats of Python || 两个结果都是 Python 的浮点数"""
    logits, labels = ten_pictures()
    got = work.evaluate(nn.Identity(), logits, labels, 5)
    equal(type(got).__name__, "tuple", "the type of the result || 结果的类型")
    equal(
        [type(x).__name__ for x in got],
        ["float", "float"],
        "the types of loss and accuracy || 损失和准确率的类型",
    )


def check_evaluation_mode(work):
    """dropout is off during the measurement, and the mode is put back || 测量时 dropout 关闭，之后恢复原来的模式"""
    logits, labels = ten_pictures()
    expected = (F.cross_entropy(logits, labels).item(), 0.8)
    for training in (True, False):
        model = nn.Dropout(0.9).train(training)
        got = work.evaluate(model, logits, labels, 4)
        close(
            got,
            expected,
            1e-4,
            1e-5,
            NAME,
            "a model with dropout, which has to be off || 带 dropout 的模型，dropout 应当关闭",
        )
        equal(model.training, training, "model.training afterwards || 之后的 model.training")


def check_no_gradient(work):
    """no gradient is recorded, and the weights stay || 不记录梯度，权重不变"""
    seen = []

    class Watched(nn.Linear):
        def forward(self, x):
            out = super().forward(x)
            seen.append(out.requires_grad)
            return out

    torch.manual_seed(0)
    model = Watched(2, 2)
    before = model.weight.detach().clone()
    logits, labels = ten_pictures()
    work.evaluate(model, logits, labels, 4)
    equal(
        seen,
        [False] * len(seen),
        "requires_grad of the logits of each batch || 各批量 logits 的 requires_grad",
    )
    equal(model.weight.detach(), before, "model.weight")
