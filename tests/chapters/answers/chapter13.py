"""Chapter 13: other right answers, and what people write instead (see test_exercises.py)."""

from __future__ import annotations

ANSWERS: dict[str, dict[str, str]] = {
    "01-returns": {
        "forwards": """
def discounted(rewards, ended, gamma):
    out, n = [], len(rewards)
    for t in range(n):
        total, weight = 0.0, 1.0
        for k in range(t, n):
            total = total + weight * rewards[k]
            weight *= gamma
            if ended[k]:
                break
        out.append(total)
    return torch.stack(out)
""",
    },
    "02-log-prob": {
        "torch.distributions": """
from torch.distributions import Categorical
def judge(logits, actions):
    policy = Categorical(logits=logits)
    return policy.log_prob(actions), policy.entropy()
""",
    },
    "03-gae": {
        "where": """
def gae(rewards, values, next_values, terminated, truncated, gamma, lam):
    after = torch.where(terminated, torch.zeros(()), next_values)
    errors = rewards + gamma * after - values
    rows, ahead = [], 0.0
    for error, a, b in zip(errors.flip(0), terminated.flip(0), truncated.flip(0)):
        ahead = error + gamma * lam * torch.where(a | b, 0.0, ahead)
        rows.append(ahead)
    return torch.stack(rows).flip(0)
""",
    },
    "04-clipped": {
        "maximum": """
def clipped_loss(log_probs, old_log_probs, advantages, clip):
    ratio = torch.exp(log_probs - old_log_probs)
    return torch.max(-advantages * ratio, -advantages * torch.clip(ratio, 1 - clip, 1 + clip)).mean()
""",
    },
    "05-clock": {
        "where": """
import torch
def targets(rewards, next_values, terminated, truncated, gamma):
    return torch.where(terminated, rewards, rewards + gamma * next_values)
""",
    },
    "06-units": {
        "the other deviation": """
def policy_loss(log_probs, old_log_probs, advantages, entropy, clip, weight):
    spread = advantages.std(correction=0) + 1e-8
    gains = (advantages - advantages.mean()) / spread
    ratio = (log_probs - old_log_probs).exp()
    parts = torch.stack([ratio * gains, ratio.clamp(1 - clip, 1 + clip) * gains])
    return -(parts.amin(0) + weight * entropy).mean()
""",
    },
    "07-evaluate": {
        "break": """
def evaluate(env, policy, seeds):
    found = []
    for seed in list(seeds):
        state, info = env.reset(seed=seed)
        rewards = []
        while True:
            state, reward, over, cut, info = env.step(policy(state))
            rewards.append(reward)
            if over or cut:
                break
        found.append(sum(rewards))
    mean = sum(found) / len(found)
    if len(found) == 1:
        return mean, 0.0
    return mean, (sum((x - mean) ** 2 for x in found) / (len(found) - 1)) ** 0.5
""",
    },
}

MISTAKES: dict[str, dict[str, tuple[str, str]]] = {
    "01-returns": {
        "leaks": ("two_episodes", """
def discounted(rewards, ended, gamma):
    out, ahead = torch.empty_like(rewards), 0.0
    for t in reversed(range(len(rewards))):
        ahead = rewards[t] + gamma * ahead
        out[t] = ahead
    return out
"""),
        "drops the last reward": ("two_episodes", """
def discounted(rewards, ended, gamma):
    out, ahead = torch.empty_like(rewards), 0.0
    for t in reversed(range(len(rewards))):
        ahead = (rewards[t] + gamma * ahead) * (not ended[t])
        out[t] = ahead
    return out
"""),
    },
    "02-log-prob": {
        "log of softmax": ("extreme", """
def judge(logits, actions):
    p = logits.softmax(1)
    return p.log().gather(1, actions[:, None])[:, 0], -(p * p.log()).sum(1)
"""),
        "over the batch": ("values", """
def judge(logits, actions):
    p = logits.log_softmax(0)
    return p.gather(1, actions[:, None])[:, 0], -(p.exp() * p).sum(1)
"""),
    },
    "03-gae": {
        "the clock before the end": ("many", "follows = (~terminated).float() -> follows = (~terminated | truncated).float()"),
        "the clock as an end": ("truncated", """
def gae(rewards, values, next_values, terminated, truncated, gamma, lam):
    ended = (~(terminated | truncated)).float()
    errors = rewards + gamma * ended * next_values - values
    out, ahead = torch.empty_like(errors), 0.0
    for t in reversed(range(len(errors))):
        ahead = errors[t] + gamma * lam * ended[t] * ahead
        out[t] = ahead
    return out
"""),
        "into the next episode": ("truncated", """
def gae(rewards, values, next_values, terminated, truncated, gamma, lam):
    follows = (~terminated).float()
    errors = rewards + gamma * follows * next_values - values
    out, ahead = torch.empty_like(errors), 0.0
    for t in reversed(range(len(errors))):
        ahead = errors[t] + gamma * lam * follows[t] * ahead
        out[t] = ahead
    return out
"""),
    },
    "04-clipped": {
        "no minimum": ("wrong_way", """
def clipped_loss(log_probs, old_log_probs, advantages, clip):
    ratio = (log_probs - old_log_probs).exp()
    return -(ratio.clamp(1 - clip, 1 + clip) * advantages).mean()
"""),
        "quotient of probabilities": ("rare", """
def clipped_loss(log_probs, old_log_probs, advantages, clip):
    ratio = log_probs.exp() / old_log_probs.exp()
    return -torch.minimum(ratio * advantages, ratio.clamp(1 - clip, 1 + clip) * advantages).mean()
"""),
    },
    "05-clock": {
        "nothing ever ends": ("fallen", """
def targets(rewards, next_values, terminated, truncated, gamma):
    return rewards + gamma * next_values
"""),
        "the clock saves": ("fallen_at_the_bell", """
def targets(rewards, next_values, terminated, truncated, gamma):
    return rewards + gamma * next_values * (~(terminated & ~truncated)).float()
"""),
    },
    "06-units": {
        "no small number": ("equal", """
def policy_loss(log_probs, old_log_probs, advantages, entropy, clip, weight):
    gains = (advantages - advantages.mean()) / advantages.std()
    ratio = (log_probs - old_log_probs).exp()
    held = ratio.clamp(1 - clip, 1 + clip)
    return -torch.minimum(ratio * gains, held * gains).mean() - weight * entropy.mean()
"""),
        "scaled, not centred": ("constant", """
def policy_loss(log_probs, old_log_probs, advantages, entropy, clip, weight):
    gains = advantages / (advantages.std() + 1e-8)
    ratio = (log_probs - old_log_probs).exp()
    held = ratio.clamp(1 - clip, 1 + clip)
    return -torch.minimum(ratio * gains, held * gains).mean() - weight * entropy.mean()
"""),
    },
    "07-evaluate": {
        "the last episode": ("many", """
def evaluate(env, policy, seeds):
    for seed in seeds:
        state, _ = env.reset(seed=seed)
        total, ended = 0.0, False
        while not ended:
            state, reward, a, b, _ = env.step(policy(state))
            total, ended = total + reward, a or b
    return total, 0.0
"""),
        "only terminated": ("clock", """
def evaluate(env, policy, seeds):
    returns = []
    for seed in seeds:
        state, _ = env.reset(seed=seed)
        total, ended = 0.0, False
        while not ended:
            state, reward, ended, _, _ = env.step(policy(state))
            total += reward
        returns.append(total)
    return statistics.fmean(returns), statistics.stdev(returns)
"""),
        "asks about the first state": ("state", """
def evaluate(env, policy, seeds):
    returns = []
    for seed in seeds:
        first, _ = env.reset(seed=seed)
        total, ended = 0.0, False
        while not ended:
            _, reward, a, b, _ = env.step(policy(first))
            total, ended = total + reward, a or b
        returns.append(total)
    return statistics.fmean(returns), statistics.stdev(returns)
"""),
    },
}  # fmt: skip
