import random
import statistics

from dltutor.learning.checks import CheckFailed, close, that


class Walk:
    """A walk on a line: the end at 3 terminates, the clock after 10 steps truncates."""

    def __init__(self):
        self.seeds, self.over = [], True

    def reset(self, *, seed=None, options=None):
        self.seeds.append(seed)
        self.random = random.Random(seed)
        self.place, self.time, self.over = self.random.randrange(3), 0, False
        return self.place, {}

    def step(self, action):
        if self.over:
            raise CheckFailed(TOO_LATE.get(LANG(), TOO_LATE["en"]))
        self.time += 1
        self.place += action
        reward = -0.5 + self.random.random() + (10 if self.place >= 3 else 0)
        terminated, truncated = self.place >= 3, self.time >= 10
        self.over = terminated or truncated
        return self.place, reward, terminated, truncated, {}


TOO_LATE = {
    "en": "A step was taken after the end of an episode, without a reset.",
    "zh": "回合已经结束，没有重置又走了一步。",
}


def LANG():  # noqa: N802
    from dltutor.i18n import current

    return current()


def right(policy, seeds):
    env, returns = Walk(), []
    for seed in seeds:
        state, _ = env.reset(seed=seed)
        total = 0.0
        while not env.over:
            state, reward, *_ = env.step(policy(state))
            total += reward
        returns.append(total)
    return statistics.fmean(returns), statistics.stdev(returns) if len(returns) > 1 else 0.0


def compare(work, policy, seeds, when):
    env = Walk()
    got = work.evaluate(env, policy, seeds)
    close(got, right(policy, seeds), 1e-6, 1e-6, "(mean, deviation) || （平均，标准差）", when)
    that(env.seeds == list(seeds),
         f"The episodes began with the seeds {env.seeds}, expected were {list(seeds)}."
         f" || 各回合的种子是 {env.seeds}，应当是 {list(seeds)}。")


def check_one(work):
    """a single episode || 一个回合"""
    compare(work, lambda state: 1, [4], "one seed, always a step forward || 一个种子，总是前进")


def check_many(work):
    """ten seeds || 十个种子"""
    compare(work, lambda state: 1, range(10), "ten seeds, always a step forward || 十个种子，总是前进")


def check_clock(work):
    """episodes that only the clock ends || 只由时钟结束的回合"""
    compare(work, lambda state: 0, [1, 2, 3], "a policy that stands still || 站着不动的策略")


def check_state(work):
    """the policy is asked about the newest state || 用最新的状态问策略"""
    compare(work, lambda state: 1 if state % 2 == 0 else -1, range(5, 12),
            "a policy that looks at the state || 看状态行事的策略")
