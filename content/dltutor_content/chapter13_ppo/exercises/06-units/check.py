import torch

from dltutor.learning.checks import close, gradient, shape, that, untouched

SIZE = 1000  # so that both deviations agree within the tolerance


def example(seed=0):
    generator = torch.Generator().manual_seed(seed)
    old, step, advantages = torch.randn(3, SIZE, generator=generator)
    old = old - 2
    entropy = torch.rand(SIZE, generator=generator)
    return old + 0.3 * step, old, advantages, entropy


def right(log_probs, old, advantages, entropy, clip, weight):
    gains = (advantages - advantages.mean()) / (advantages.std() + 1e-8)
    ratio = (log_probs - old).exp()
    held = ratio.clamp(1 - clip, 1 + clip)
    return -torch.minimum(ratio * gains, held * gains).mean() - weight * entropy.mean()


def check_value(work):
    """the value for a batch of a thousand steps || 一千步的批量上的值"""
    data = example()
    when = "advantages of mean 0 and deviation 5 || 优势平均为 0、标准差为 5"
    data = (data[0], data[1], 5 * data[2], data[3])
    got = untouched(work.policy_loss, *data, 0.2, 0.01, name="policy_loss(...)", when=when)
    shape(got, (), "policy_loss(...)", when)
    close(got, right(*data, 0.2, 0.01), 5e-3, 1e-3, "policy_loss(...)", when)


def check_units(work):
    """another unit of reward, the same loss || 奖励换了单位，损失不变"""
    log_probs, old, advantages, entropy = example(1)
    one = work.policy_loss(log_probs, old, advantages, entropy, 0.2, 0.01)
    other = work.policy_loss(log_probs, old, 100 * advantages, entropy, 0.2, 0.01)
    close(other, one.detach(), 1e-3, 1e-4, "policy_loss(...)",
          "all advantages times 100 || 所有优势乘以 100")


def check_constant(work):
    """a constant added to all advantages changes nothing || 所有优势加上常数，结果不变"""
    log_probs, old, advantages, entropy = example(2)
    one = work.policy_loss(log_probs, old, advantages, entropy, 0.2, 0.01)
    other = work.policy_loss(log_probs, old, advantages + 50, entropy, 0.2, 0.01)
    close(other, one.detach(), 1e-2, 1e-3, "policy_loss(...)",
          "50 added to all advantages || 所有优势加 50")


def check_equal(work):
    """equal advantages: the entropy alone counts || 优势全相等：只有熵起作用"""
    got = work.policy_loss(torch.zeros(4), torch.zeros(4), torch.full((4,), 3.0), torch.ones(4), 0.2, 0.5)
    that(bool(torch.isfinite(got)), "A batch of equal advantages gives no number: 0 was divided by 0."
         " || 优势全相等的批量得不出数：0 除以了 0。")
    close(got, torch.tensor(-0.5), 1e-3, 1e-3, "policy_loss(...)",
          "four advantages of 3, entropy 1, weight 0.5 || 四个优势都是 3，熵为 1，权重 0.5")


def check_gradient(work):
    """the gradient with respect to the log-probabilities || 对于对数概率的梯度"""
    log_probs, old, advantages, entropy = example(3)
    gradient(lambda x: work.policy_loss(x, old, 7 * advantages, entropy, 0.2, 0.01), log_probs,
             like=lambda x: right(x, old, 7 * advantages, entropy, 0.2, 0.01), rtol=5e-3, atol=1e-5,
             name="policy_loss(...)", when="a batch of a thousand steps || 一千步的批量")
