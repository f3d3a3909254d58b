import torch

from dltutor.learning.checks import close, gradient, shape


def loss(work, ratios, advantages, clip=0.2, old=-1.0):
    old_log_probs = torch.full((len(ratios),), old)
    log_probs = old_log_probs + torch.tensor(ratios).log()
    return work.clipped_loss(log_probs, old_log_probs, torch.tensor(advantages), clip)


def expect(work, ratios, advantages, value, **more):
    when = {"ratios": ratios, "advantages": advantages, "clip": 0.2}
    got = loss(work, ratios, advantages, **more)
    shape(got, (), "clipped_loss(...)", when)
    close(got, torch.tensor(value), 1e-4, 1e-4, "clipped_loss(...)", when)


def check_unchanged(work):
    """a policy that has not changed: minus the mean advantage || 策略未变：优势平均值取负"""
    expect(work, [1.0, 1.0], [2.0, -1.0], -0.5)


def check_good_too_far(work):
    """no reward for going on when far enough || 走得够远，再走没有好处"""
    expect(work, [1.5, 0.5], [1.0, -1.0], -(1.2 - 0.8) / 2)


def check_wrong_way(work):
    """a step in the wrong direction counts in full || 走错方向要全额计入"""
    expect(work, [0.5, 1.5], [1.0, -1.0], -(0.5 - 1.5) / 2)


def check_rare(work):
    """log-probabilities of -200 || 对数概率为 -200"""
    expect(work, [1.1, 1.0], [1.0, 3.0], -(1.1 + 3.0) / 2, old=-200.0)


def check_gradient(work):
    """the gradient is 0 when far enough and pulls back when wrong || 够远时梯度为 0，走错时往回拉"""
    old = torch.full((4,), -1.0)
    advantages = torch.tensor([1.0, -1.0, 1.0, -1.0])
    log_probs = old + torch.tensor([1.5, 0.5, 0.5, 1.5]).log()

    def right(x):
        ratio = (x - old).exp()
        return -torch.minimum(ratio * advantages, ratio.clamp(0.8, 1.2) * advantages).mean()

    gradient(lambda x: work.clipped_loss(x, old, advantages, 0.2), log_probs, like=right,
             name="clipped_loss(...)", when="ratios 1.5, 0.5, 0.5, 1.5 || 比率 1.5、0.5、0.5、1.5")
