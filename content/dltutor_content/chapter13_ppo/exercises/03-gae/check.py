import torch

from dltutor.learning.checks import close, shape, untouched


def slow(rewards, values, next_values, terminated, truncated, gamma, lam):
    """The definition: TD errors up to the end of the episode, term by term."""
    out = torch.zeros_like(rewards)
    for n in range(rewards.shape[1]):
        for t in range(rewards.shape[0]):
            weight = 1.0
            for k in range(t, rewards.shape[0]):
                after = 0.0 if terminated[k, n] else float(next_values[k, n])
                error = float(rewards[k, n]) + gamma * after - float(values[k, n])
                out[t, n] += weight * error
                weight *= gamma * lam
                if terminated[k, n] or truncated[k, n]:
                    break
    return out


def example(steps, envs, seed=0):
    generator = torch.Generator().manual_seed(seed)
    rewards, values, following = torch.randn(3, steps, envs, generator=generator)
    ends = torch.rand(2, steps, envs, generator=generator)
    # some steps are both: the task ended just when the clock ran out
    return rewards, values, following, ends[0] < 0.15, ends[1] < 0.15


def compare(work, data, gamma, lam, when):
    got = untouched(work.gae, *data, gamma, lam, name="gae(...)", when=when)
    shape(got, data[0].shape, "gae(...)", when)
    close(got, slow(*data, gamma, lam), 1e-4, 1e-4, "gae(...)", when)


def check_no_end(work):
    """no episode ends || 没有回合结束"""
    rewards, values, following, *_ = example(5, 2)
    none = torch.zeros(5, 2, dtype=torch.bool)
    compare(work, (rewards, values, following, none, none), 0.9, 0.8,
            "5 steps of 2 environments, no end || 2 个环境各 5 步，没有结束")


def check_terminated(work):
    """after a terminated step nothing follows || 终止之后什么也没有"""
    data = (torch.ones(3, 1), torch.zeros(3, 1), torch.full((3, 1), 50.0),
            torch.tensor([[False], [True], [False]]), torch.zeros(3, 1, dtype=torch.bool))
    compare(work, data, 0.9, 0.8, "next_values 50, step 1 terminated || next_values 为 50，第 1 步终止")


def check_truncated(work):
    """a truncated step has a value that follows, and no step || 截断之后有价值，但没有下一步"""
    data = (torch.ones(3, 1), torch.zeros(3, 1), torch.full((3, 1), 50.0),
            torch.zeros(3, 1, dtype=torch.bool), torch.tensor([[False], [True], [False]]))
    compare(work, data, 0.9, 0.8, "next_values 50, step 1 truncated || next_values 为 50，第 1 步截断")


def check_limits(work):
    """lambda 0 and lambda 1 || lambda 为 0 和为 1"""
    for lam in (0.0, 1.0):
        compare(work, example(6, 3), 0.95, lam, f"lam = {lam:g}")


def check_many(work):
    """forty steps of eight environments, with many ends || 八个环境各四十步，许多次结束"""
    compare(work, example(40, 8, seed=1), 0.99, 0.95,
            "40 steps of 8 environments, random ends || 8 个环境各 40 步，随机结束")
