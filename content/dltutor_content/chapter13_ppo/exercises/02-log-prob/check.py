import math

import torch
from torch.distributions import Categorical

from dltutor.learning.checks import close, gradient, shape


def compare(work, logits, actions, log_p, entropy):
    when = {"logits": logits, "actions": actions}
    got = work.judge(logits, actions)
    shape(got[0], (len(logits),), "log-probabilities || 对数概率", when)
    shape(got[1], (len(logits),), "entropies || 熵", when)
    close(got[0], log_p, 1e-4, 1e-4, "log-probabilities || 对数概率", when)
    close(got[1], entropy, 1e-4, 1e-4, "entropies || 熵", when)


def check_equal(work):
    """four equal logits || 四个相等的 logits"""
    expected = torch.full((2,), math.log(4))
    compare(work, torch.zeros(2, 4), torch.tensor([0, 3]), -expected, expected)


def check_values(work):
    """random logits, as torch.distributions has it || 随机的 logits，与 torch.distributions 一致"""
    generator = torch.Generator().manual_seed(0)
    logits = 2 * torch.randn(6, 3, generator=generator)
    actions = torch.tensor([0, 1, 2, 2, 1, 0])
    policy = Categorical(logits=logits)
    compare(work, logits, actions, policy.log_prob(actions), policy.entropy())


def check_extreme(work):
    """logits of 1000 and -1000 || logits 为 1000 和 -1000"""
    logits = torch.tensor([[1000.0, 0.0], [-1000.0, 0.0]])
    actions = torch.tensor([1, 1])
    compare(work, logits, actions, torch.tensor([-1000.0, 0.0]), torch.zeros(2))


def check_gradient(work):
    """the gradient is finite and right, far out too || 梯度有限而且正确，极端处也一样"""
    actions = torch.tensor([0, 1, 1])

    def right(logits):
        p = logits.log_softmax(1)
        picked = p[torch.arange(3), actions]
        return picked + -(p.exp() * p).sum(1)

    for logits in (
        torch.tensor([[0.1, -0.5], [1.0, 2.0], [0.0, 0.0]]),
        torch.tensor([[1000.0, -1000.0], [5.0, 0.0], [0.0, 90.0]]),
    ):
        gradient(lambda x: sum(work.judge(x, actions)), logits, like=right,
                 name="log-probability + entropy || 对数概率 + 熵", when={"logits": logits})
