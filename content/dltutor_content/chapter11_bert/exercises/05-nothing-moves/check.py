import torch
import torch.nn.functional as F
from torch import nn

from dltutor.learning.checks import close, that

IDS = torch.tensor([[1, 2, 3], [4, 5, 6]])


def encoder():
    torch.manual_seed(3)
    return nn.Sequential(nn.Embedding(8, 4), nn.Linear(4, 4), nn.Tanh())


def moved(work, frozen):
    """Names of the parameters that one step changed."""
    model = work.Classifier(encoder(), 4, 2, frozen)
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    optimiser = work.optimiser_of(model, 0.1)
    F.cross_entropy(model(IDS), torch.tensor([0, 1])).backward()
    optimiser.step()
    changed = {n for n, p in model.named_parameters() if not torch.equal(p, before[n])}
    return model, optimiser, changed


def check_fine_tuning(work):
    """frozen=False moves the encoder too || frozen=False 时编码器也在动"""
    changed = moved(work, False)[2]
    that(
        any(name.startswith("head") for name in changed),
        "The head must learn. || 输出头必须学习。",
    )
    for name in ("encoder.0.weight", "encoder.1.weight"):
        that(
            name in changed,
            f"After one step {name} is what it was: nothing was fine-tuned."
            f" || 一步之后 {name} 没有变：什么都没有微调。",
        )


def check_frozen(work):
    """frozen=True moves the head alone || frozen=True 时只动输出头"""
    _, optimiser, changed = moved(work, True)
    that(
        changed == {"head.weight", "head.bias"},
        f"Only the head may move, these did: {sorted(changed)}."
        f" || 只有输出头可以动，动了的是：{sorted(changed)}。",
    )
    held = sum(p.numel() for group in optimiser.param_groups for p in group["params"])
    that(
        held == 10,
        f"The optimiser should hold the head's 10 numbers, it holds {held}."
        f" || 优化器应当只有输出头的 10 个数，现在有 {held} 个。",
    )


def check_logits(work):
    """the logits are those of the first token || logits 来自第一个词元"""
    for frozen in (False, True):
        net = encoder()
        model = work.Classifier(net, 4, 2, frozen)
        expected = model.head(net(IDS)[:, 0])
        close(model(IDS).detach(), expected.detach(), name="logits", when=IDS)
