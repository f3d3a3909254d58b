"""How good a policy is."""

import statistics


def evaluate(env, policy, seeds) -> tuple[float, float]:
    """The mean of the returns of whole episodes, and their deviation."""
    returns = []
    for seed in seeds:
        state, _ = env.reset(seed=seed)
        total, ended = 0.0, False
        while not ended:
            state, reward, terminated, truncated, _ = env.step(policy(state))
            total += float(reward)
            ended = terminated or truncated
        returns.append(total)
    spread = statistics.stdev(returns) if len(returns) > 1 else 0.0
    return statistics.fmean(returns), spread
