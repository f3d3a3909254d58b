"""Chapter 13's exercises: the checks know right from wrong, however it is written.

``ANSWERS`` are written differently from the solution and right; each of ``MISTAKES`` names the
case that has to notice it. Both are put behind the solution's source, whose definitions they
replace.
"""

from __future__ import annotations

import sys
import types
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

import dltutor_content.chapter13_ppo as content  # noqa: E402
from dltutor.learning.checks import CheckFailed  # noqa: E402

FOLDER = Path(content.__path__[0]) / "exercises"

ANSWERS = {
    ("01-returns", "forwards"): """
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
    ("02-log-prob", "torch.distributions"): """
from torch.distributions import Categorical
def judge(logits, actions):
    policy = Categorical(logits=logits)
    return policy.log_prob(actions), policy.entropy()
""",
    ("03-gae", "where"): """
def gae(rewards, values, next_values, terminated, truncated, gamma, lam):
    after = torch.where(terminated, torch.zeros(()), next_values)
    errors = rewards + gamma * after - values
    rows, ahead = [], 0.0
    for error, a, b in zip(errors.flip(0), terminated.flip(0), truncated.flip(0)):
        ahead = error + gamma * lam * torch.where(a | b, 0.0, ahead)
        rows.append(ahead)
    return torch.stack(rows).flip(0)
""",
    ("04-clipped", "maximum"): """
def clipped_loss(log_probs, old_log_probs, advantages, clip):
    ratio = torch.exp(log_probs - old_log_probs)
    return torch.max(-advantages * ratio, -advantages * torch.clip(ratio, 1 - clip, 1 + clip)).mean()
""",
    ("05-clock", "where"): """
import torch
def targets(rewards, next_values, terminated, truncated, gamma):
    return torch.where(terminated, rewards, rewards + gamma * next_values)
""",
    ("06-units", "the other deviation"): """
def policy_loss(log_probs, old_log_probs, advantages, entropy, clip, weight):
    spread = advantages.std(correction=0) + 1e-8
    gains = (advantages - advantages.mean()) / spread
    ratio = (log_probs - old_log_probs).exp()
    parts = torch.stack([ratio * gains, ratio.clamp(1 - clip, 1 + clip) * gains])
    return -(parts.amin(0) + weight * entropy).mean()
""",
    ("07-evaluate", "break"): """
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
}

MISTAKES = {
    ("01-returns", "check_two_episodes", "leaks"): """
def discounted(rewards, ended, gamma):
    out, ahead = torch.empty_like(rewards), 0.0
    for t in reversed(range(len(rewards))):
        ahead = rewards[t] + gamma * ahead
        out[t] = ahead
    return out
""",
    ("01-returns", "check_two_episodes", "drops the last reward"): """
def discounted(rewards, ended, gamma):
    out, ahead = torch.empty_like(rewards), 0.0
    for t in reversed(range(len(rewards))):
        ahead = (rewards[t] + gamma * ahead) * (not ended[t])
        out[t] = ahead
    return out
""",
    ("02-log-prob", "check_extreme", "log of softmax"): """
def judge(logits, actions):
    p = logits.softmax(1)
    return p.log().gather(1, actions[:, None])[:, 0], -(p * p.log()).sum(1)
""",
    ("02-log-prob", "check_values", "over the batch"): """
def judge(logits, actions):
    p = logits.log_softmax(0)
    return p.gather(1, actions[:, None])[:, 0], -(p.exp() * p).sum(1)
""",
    ("03-gae", "check_truncated", "the clock as an end"): """
def gae(rewards, values, next_values, terminated, truncated, gamma, lam):
    ended = (~(terminated | truncated)).float()
    errors = rewards + gamma * ended * next_values - values
    out, ahead = torch.empty_like(errors), 0.0
    for t in reversed(range(len(errors))):
        ahead = errors[t] + gamma * lam * ended[t] * ahead
        out[t] = ahead
    return out
""",
    ("03-gae", "check_truncated", "into the next episode"): """
def gae(rewards, values, next_values, terminated, truncated, gamma, lam):
    follows = (~terminated).float()
    errors = rewards + gamma * follows * next_values - values
    out, ahead = torch.empty_like(errors), 0.0
    for t in reversed(range(len(errors))):
        ahead = errors[t] + gamma * lam * follows[t] * ahead
        out[t] = ahead
    return out
""",
    ("04-clipped", "check_wrong_way", "no minimum"): """
def clipped_loss(log_probs, old_log_probs, advantages, clip):
    ratio = (log_probs - old_log_probs).exp()
    return -(ratio.clamp(1 - clip, 1 + clip) * advantages).mean()
""",
    ("04-clipped", "check_rare", "quotient of probabilities"): """
def clipped_loss(log_probs, old_log_probs, advantages, clip):
    ratio = log_probs.exp() / old_log_probs.exp()
    return -torch.minimum(ratio * advantages, ratio.clamp(1 - clip, 1 + clip) * advantages).mean()
""",
    ("05-clock", "check_fallen", "nothing ever ends"): """
def targets(rewards, next_values, terminated, truncated, gamma):
    return rewards + gamma * next_values
""",
    ("05-clock", "check_fallen_at_the_bell", "the clock saves"): """
def targets(rewards, next_values, terminated, truncated, gamma):
    return rewards + gamma * next_values * (~(terminated & ~truncated)).float()
""",
    ("06-units", "check_equal", "no small number"): """
def policy_loss(log_probs, old_log_probs, advantages, entropy, clip, weight):
    gains = (advantages - advantages.mean()) / advantages.std()
    ratio = (log_probs - old_log_probs).exp()
    held = ratio.clamp(1 - clip, 1 + clip)
    return -torch.minimum(ratio * gains, held * gains).mean() - weight * entropy.mean()
""",
    ("06-units", "check_constant", "scaled, not centred"): """
def policy_loss(log_probs, old_log_probs, advantages, entropy, clip, weight):
    gains = advantages / (advantages.std() + 1e-8)
    ratio = (log_probs - old_log_probs).exp()
    held = ratio.clamp(1 - clip, 1 + clip)
    return -torch.minimum(ratio * gains, held * gains).mean() - weight * entropy.mean()
""",
    ("07-evaluate", "check_many", "the last episode"): """
def evaluate(env, policy, seeds):
    for seed in seeds:
        state, _ = env.reset(seed=seed)
        total, ended = 0.0, False
        while not ended:
            state, reward, a, b, _ = env.step(policy(state))
            total, ended = total + reward, a or b
    return total, 0.0
""",
    ("07-evaluate", "check_clock", "only terminated"): """
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
""",
    ("07-evaluate", "check_state", "asks about the first state"): """
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
""",
}


def module(name: str, source: str) -> types.ModuleType:
    made = types.ModuleType(name)
    sys.modules[name] = made
    exec(compile(source, name, "exec"), made.__dict__)
    return made


def checks(folder: str) -> dict[str, Any]:
    source = (FOLDER / folder / "check.py").read_text(encoding="utf-8")
    found = module(f"check_of_{folder}", source).__dict__
    return {name: value for name, value in found.items() if name.startswith("check_")}


def work(folder: str, answer: str) -> types.ModuleType:
    solution = (FOLDER / folder / "solution.py").read_text(encoding="utf-8")
    return module(f"work_on_{folder}", f"{solution}\n{answer}")


@pytest.mark.parametrize(("folder", "how"), ANSWERS)
def test_a_right_answer_passes_however_it_is_written(folder: str, how: str) -> None:
    for check in checks(folder).values():
        check(work(folder, ANSWERS[folder, how]))


@pytest.mark.parametrize(("folder", "case", "what"), MISTAKES)
def test_a_mistake_is_noticed(folder: str, case: str, what: str) -> None:
    mine = work(folder, MISTAKES[folder, case, what])
    with pytest.raises(CheckFailed):
        checks(folder)[case](mine)


def test_every_exercise_is_here() -> None:
    names = {path.parent.name for path in FOLDER.glob("*/exercise.toml")}
    assert {folder for folder, _ in ANSWERS} == names
    assert {folder for folder, _, _ in MISTAKES} == names
