import torch

from dltutor.learning.checks import close, untouched

YES, NO = torch.tensor([[True]]), torch.tensor([[False]])


def compare(work, rewards, following, terminated, truncated, expected, when):
    got = untouched(work.targets, rewards, following, terminated, truncated, 0.9,
                    name="targets(...)", when=when)
    close(got, expected, 1e-5, 1e-5, "targets(...)", when)


def check_going_on(work):
    """a step in the middle || 回合中间的一步"""
    compare(work, torch.ones(1, 1), torch.full((1, 1), 10.0), NO, NO, torch.full((1, 1), 10.0),
            "reward 1, next value 10, gamma 0.9, no end || 奖励 1，后续价值 10，gamma 0.9，没有结束")


def check_fallen(work):
    """where the pole fell nothing follows || 杆倒了，后面什么也没有"""
    compare(work, torch.ones(1, 1), torch.full((1, 1), 10.0), YES, NO, torch.ones(1, 1),
            "reward 1, next value 10, terminated || 奖励 1，后续价值 10，终止")


def check_clock(work):
    """where the clock ran out the pole still stands || 时间到了，杆还立着"""
    compare(work, torch.ones(1, 1), torch.full((1, 1), 10.0), NO, YES, torch.full((1, 1), 10.0),
            "reward 1, next value 10, truncated || 奖励 1，后续价值 10，截断")


def check_fallen_at_the_bell(work):
    """fallen in the very last step: nothing follows || 恰在最后一步倒下：后面什么也没有"""
    compare(work, torch.ones(1, 1), torch.full((1, 1), 10.0), YES, YES, torch.ones(1, 1),
            "terminated and truncated || 既终止又截断")


def check_many(work):
    """many steps, with all kinds of ends || 许多步，各种结束"""
    generator = torch.Generator().manual_seed(0)
    rewards, following = torch.randn(2, 20, 3, generator=generator)
    ends = torch.rand(2, 20, 3, generator=generator) < 0.3
    expected = torch.where(ends[0], rewards, rewards + 0.9 * following)
    compare(work, rewards, following, ends[0], ends[1], expected,
            "20 steps of 3 environments || 3 个环境各 20 步")
