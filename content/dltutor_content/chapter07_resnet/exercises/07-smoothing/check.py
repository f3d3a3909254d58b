import math

import torch
import torch.nn.functional as F

from dltutor.learning.checks import close, gradient, shape, that, untouched


def example(classes=5):
    torch.manual_seed(0)
    return 3 * torch.randn(7, classes), torch.arange(7) % classes


def check_values(work):
    """the loss of PyTorch, for several shares and numbers of classes || 与 PyTorch 的损失相同，多种比例和类别数"""
    for classes, s in ((5, 0.1), (5, 0.2), (10, 0.1), (2, 0.5)):
        logits, y = example(classes)
        got = untouched(
            lambda a, b, s=s: work.smooth_cross_entropy(a, b, s),
            logits,
            y,
            name="smooth_cross_entropy",
        )
        shape(got, (), "smooth_cross_entropy(logits, y, s)")
        close(
            got,
            F.cross_entropy(logits, y, label_smoothing=s),
            1e-4,
            1e-5,
            "smooth_cross_entropy(logits, y, s)",
            {"classes": classes, "s": s},
        )


def check_without(work):
    """a share of 0 is the usual loss || 比例为 0 就是普通的损失"""
    logits, y = example()
    close(
        work.smooth_cross_entropy(logits, y, 0.0),
        F.cross_entropy(logits, y),
        1e-4,
        1e-5,
        "smooth_cross_entropy(logits, y, 0.0)",
    )


def check_large(work):
    """large logits give a finite loss || 很大的 logits 也给出有限的损失"""
    logits = torch.tensor([[1000.0, 0.0, -1000.0]])
    got = work.smooth_cross_entropy(logits, torch.tensor([0]), 0.3)
    that(
        math.isfinite(float(got)),
        "The loss of logits of 1000 is not finite: use log_softmax, not the logarithm of a softmax."
        " || logits 为 1000 时损失不是有限的：要用 log_softmax，不要对 softmax 取对数。",
    )
    close(got, torch.tensor(300.0), 1e-4, 1e-3, "smooth_cross_entropy", {"logits": logits, "s": 0.3})


def check_smallest(work):
    """the best logits cost what the lesson says || 最好的 logits 的损失如课文所说"""
    logits = math.log(91) * torch.eye(10)
    close(
        work.smooth_cross_entropy(logits, torch.arange(10), 0.1),
        torch.tensor(0.5003),
        1e-3,
        1e-4,
        "smooth_cross_entropy",
        "the right logit 4.51 above the others, s = 0.1 || 正确的 logit 高出 4.51，s = 0.1",
    )


def check_gradient(work):
    """the gradient is right || 梯度正确"""
    logits, y = example()
    gradient(
        lambda a: work.smooth_cross_entropy(a, y, 0.2),
        logits,
        like=lambda a: F.cross_entropy(a, y, label_smoothing=0.2),
        name="smooth_cross_entropy",
    )
