import torch

from dltutor.learning.checks import close, shape, untouched


def slow(rewards, ended, gamma):
    """The definition, sum by sum."""
    out = []
    for t in range(len(rewards)):
        total, weight = 0.0, 1.0
        for k in range(t, len(rewards)):
            total += weight * float(rewards[k])
            weight *= gamma
            if ended[k]:
                break
        out.append(total)
    return torch.tensor(out)


def compare(work, rewards, ended, gamma):
    rewards, ended = torch.tensor(rewards), torch.tensor(ended)
    when = {"rewards": rewards, "ended": ended, "gamma": gamma}
    got = untouched(work.discounted, rewards, ended, gamma, name="discounted(...)", when=when)
    shape(got, rewards.shape, "discounted(...)", when)
    close(got, slow(rewards, ended, gamma), 1e-5, 1e-5, "discounted(...)", when)


def check_small(work):
    """three steps, worked out by hand || 三步，可以手算"""
    compare(work, [0.0, 0.0, 1.0], [False, False, True], 0.5)


def check_two_episodes(work):
    """rewards do not leak into the episode before || 奖励不会漏进前一个回合"""
    compare(work, [1.0, 2.0, 3.0, 4.0], [False, True, False, True], 0.9)


def check_unfinished(work):
    """the last episode may be unfinished || 最后一个回合可以没有结束"""
    compare(work, [1.0, -1.0, 2.0], [True, False, False], 0.9)


def check_limits(work):
    """discount 0 gives the rewards, discount 1 plain sums || 折扣为 0 得到奖励本身，为 1 得到普通的和"""
    compare(work, [3.0, 2.0, 1.0], [False, False, True], 0.0)
    compare(work, [3.0, 2.0, 1.0], [False, False, True], 1.0)


def check_long(work):
    """two hundred steps with many ends || 两百步，许多次结束"""
    generator = torch.Generator().manual_seed(0)
    rewards = torch.randn(200, generator=generator)
    ended = torch.rand(200, generator=generator) < 0.1
    compare(work, rewards.tolist(), ended.tolist(), 0.99)
