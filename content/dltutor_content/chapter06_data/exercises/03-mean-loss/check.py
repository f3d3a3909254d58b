import torch
import torch.nn.functional as F
from torch import nn

from dltutor.learning.checks import close, equal, that


def setting(n=10):
    model = nn.Linear(6, 4)
    x, y = torch.randn(n, 6), torch.randint(4, (n,))
    with torch.no_grad():
        # the last samples are far harder, so that a small last batch shows
        x[-2:] *= 20
        mean = F.cross_entropy(model(x), y).item()
    return model, x, y, mean


def mean_of(work, model, x, y, size):
    got = work.epoch_loss(model, list(zip(x.split(size), y.split(size))))
    that(
        type(got) is float,
        "epoch_loss should return a Python float. || epoch_loss 应当返回 Python 的 float。",
    )
    return got


def check_even(work):
    """equal batches || 每批一样大"""
    model, x, y, mean = setting()
    for size in (5, 2, 10):
        close(
            mean_of(work, model, x, y, size),
            mean,
            name="epoch_loss",
            when=f"10 samples in batches of {size} || 10 个样本，每批 {size} 个",
        )


def check_uneven(work):
    """a smaller last batch || 最后一批较小"""
    model, x, y, mean = setting()
    for size in (4, 8, 3):
        close(
            mean_of(work, model, x, y, size),
            mean,
            name="epoch_loss",
            when=f"10 samples in batches of {size} || 10 个样本，每批 {size} 个",
        )


def check_generator(work):
    """a generator without a length || 没有长度的生成器"""
    model, x, y, mean = setting(7)
    pairs = ((x[i : i + 2], y[i : i + 2]) for i in range(0, 7, 2))
    close(work.epoch_loss(model, pairs), mean, name="epoch_loss(model, generator)")


def check_untouched(work):
    """no gradients, no changed weights || 没有梯度，权重不变"""
    model, x, y, _ = setting()
    before = [p.detach().clone() for p in model.parameters()]
    mode = model.training
    recorded = []
    hook = model.register_forward_pre_hook(lambda *_: recorded.append(torch.is_grad_enabled()))
    mean_of(work, model, x, y, 4)
    hook.remove()
    that(
        not any(recorded),
        "The model is called while gradients are recorded: this takes time and memory for nothing."
        " || 调用模型时还在记录梯度：白费时间和内存。",
    )
    equal(model.training, mode, "model.training")
    for p, old in zip(model.parameters(), before):
        equal(p.detach(), old, "the weights after epoch_loss || epoch_loss 之后的权重")
        that(p.grad is None, "epoch_loss left gradients behind. || epoch_loss 留下了梯度。")
