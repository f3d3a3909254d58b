"""The training of chapter 13: PPO, read from top to bottom."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.distributions import Categorical
from torch.optim.lr_scheduler import LambdaLR

from dltutor.errors import UsageError
from dltutor.events import Event, Metrics, Say, Show, Step
from dltutor.measure import mean_interval
from dltutor.views import Chart, Series
from dltutor_plugins.chapter13_ppo import evaluate
from dltutor_plugins.chapter13_ppo.env import Simulators, sizes, threshold
from dltutor_plugins.chapter13_ppo.evaluate import greedy, mean_return, play
from dltutor_plugins.chapter13_ppo.model import ActorCritic

if TYPE_CHECKING:
    from dltutor.events import Routine
    from dltutor.training.run import Run
    from dltutor_plugins.chapter13_ppo.config import Config


def train(config: Config, run: Run) -> Routine:
    """Plays and learns in turn; measures on episodes of their own."""
    if run.world > 1:
        raise UsageError("PPO here trains in one process", "--devices 1")
    state_size, actions = sizes(config.env)
    run.keep(env=config.env, state_size=state_size, actions=actions)
    model = ActorCritic(state_size, actions, config.hidden)
    optimiser = torch.optim.Adam(model.parameters(), config.lr, eps=1e-5)
    updates = max(1, config.steps // (config.envs * config.horizon))
    schedule = LambdaLR(optimiser, lambda n: max(0.0, 1 - n / updates))
    # the model itself, not in another precision: it is too small to gain
    _, optimiser, schedule = run.setup(model, optimiser, schedule)
    envs, story = Simulators(config.env, config.envs, run.seed), Story()
    run.register(envs=envs, story=story)

    for update in run.epochs(updates, save_within=False):
        begin = time.perf_counter()
        played = rollout(model, envs, config.horizon, run.device)
        story.add(played, time.perf_counter() - begin)
        data = prepare(played, config.gamma, config.gae_lambda)
        for _ in range(config.passes):
            for batch in run.batches(data, config.batch_size):  # shuffled
                values = ppo_loss(model, batch, config)
                optimiser.zero_grad()
                run.backward(values["loss"])
                clip_gradients(model)
                optimiser.step()
                yield Step(samples=len(batch[0]), **values)
        schedule.step()
        yield Metrics(**story.figures())
        done = update + 1
        if done % config.evaluate_every == 0 or done == updates:
            policy = greedy(model, run.device)
            episodes = play(policy, config.env, evaluate.VALIDATION)
            yield story.evaluated(mean_return(episodes), config.env)

    envs.close()
    run.load_best()  # the update with the best mean_return
    return (yield from report(model, config, run, story))


class Rollout(NamedTuple):
    """T steps of N environments. ``ended`` is what ended in them."""

    states: Tensor  # (T, N, D)
    actions: Tensor  # (T, N) int64
    log_probs: Tensor  # (T, N), of these actions when they were chosen
    rewards: Tensor  # (T, N)
    terminated: Tensor  # (T, N) bool: the task is over, nothing follows
    truncated: Tensor  # (T, N) bool: the clock ran out, more would follow
    values: Tensor  # (T, N), of the states
    next_values: Tensor  # (T, N), of the states that the actions led to
    ended: list[float]  # returns of the episodes that ended


@torch.inference_mode()
def rollout(
    model: ActorCritic, envs: Simulators, steps: int, device: torch.device
) -> Rollout:
    """Plays ``steps`` steps in each environment, by chance and policy."""
    states, actions, log_probs, outcomes, after = [], [], [], [], []
    ended: list[float] = []
    for _ in range(steps):
        x = torch.from_numpy(envs.states)  # (N, D)
        action, log_prob = sample(model.actor(x.to(device)))  # (N,), (N,)
        *outcome, arrived, returns = envs.step(action.cpu().numpy())
        states.append(x)
        actions.append(action)
        log_probs.append(log_prob)
        outcomes.append(outcome)  # rewards, terminated, truncated
        after.append(torch.from_numpy(arrived))
        ended += returns
    x = torch.stack(states).to(device)
    rewards, terminated, truncated = (
        torch.from_numpy(np.stack(values)).to(device)
        for values in zip(*outcomes, strict=True)
    )
    return Rollout(
        x,
        torch.stack(actions),
        torch.stack(log_probs),
        rewards.float(),
        terminated,
        truncated,
        model.value(x),  # all at once: the critic is needed only now
        model.value(torch.stack(after).to(device)),
        ended,
    )


def sample(logits: Tensor) -> tuple[Tensor, Tensor]:
    """Actions by chance from logits (N, A), and their log-probabilities."""
    policy = Categorical(logits=logits, validate_args=False)
    action = policy.sample()  # type: ignore[no-untyped-call]
    return action, policy.log_prob(action)  # type: ignore[no-untyped-call]


def gae(played: Rollout, gamma: float, lam: float) -> Tensor:
    """Advantages (T, N): how much better than expected, looking ahead.

    Where an episode was terminated nothing follows: the value of that is 0.
    Where it was truncated, something would have followed, and the value of
    its last state stands for it. Neither looks into the next episode.
    """
    follows = (~played.terminated).float()
    td_error = (
        played.rewards
        + gamma * follows * played.next_values
        - played.values
    )
    goes_on = (~(played.terminated | played.truncated)).float()
    advantages = torch.empty_like(td_error)
    ahead = torch.zeros_like(td_error[0])
    for t in reversed(range(len(td_error))):
        ahead = td_error[t] + gamma * lam * goes_on[t] * ahead
        advantages[t] = ahead
    return advantages


def prepare(played: Rollout, gamma: float, lam: float) -> list[Tensor]:
    """States, actions, log-probabilities, advantages, returns: as rows."""
    advantages = gae(played, gamma, lam)
    returns = advantages + played.values  # what the critic should have said
    columns = (
        played.states,
        played.actions,
        played.log_probs,
        advantages,
        returns,
    )
    return [
        column.flatten(0, 1).clone() for column in columns
    ]  # (T·N, ...)


def ppo_loss(
    model: ActorCritic, batch: tuple[Tensor, ...], config: Config
) -> dict[str, Tensor]:
    """The loss of a mini-batch, its parts, and two instruments."""
    states, actions, old_log_probs, advantages, returns = batch
    logits, values = model(states)  # (B, A), (B,)
    log_probs, entropy = judge(logits, actions)  # (B,), (B,)
    ratio = (log_probs - old_log_probs).exp()
    parts = {
        "policy_loss": clipped_loss(
            ratio, normalise(advantages), config.clip
        ),
        "value_loss": F.mse_loss(values, returns),
        "entropy": entropy.mean(),
    }
    loss = parts["policy_loss"] + 0.5 * parts["value_loss"]
    loss = loss - config.entropy * parts["entropy"]  # keep trying things
    with torch.no_grad():
        clipped = ((ratio - 1).abs() > config.clip).float().mean()
        divergence = (ratio - 1 - ratio.log()).mean()
    return {
        "loss": loss,
        **parts,
        "clipped": clipped,
        "divergence": divergence,
    }


def judge(logits: Tensor, actions: Tensor) -> tuple[Tensor, Tensor]:
    """Log-probabilities of actions (B,), and the policy's entropy (B,)."""
    policy = Categorical(logits=logits, validate_args=False)
    log_probs = policy.log_prob(actions)  # type: ignore[no-untyped-call]
    return log_probs, policy.entropy()  # type: ignore[no-untyped-call]


def clipped_loss(ratio: Tensor, advantages: Tensor, clip: float) -> Tensor:
    """Minus PPO's objective: no gain from leaving [1 - clip, 1 + clip]."""
    free = ratio * advantages
    held = ratio.clamp(1 - clip, 1 + clip) * advantages
    return -torch.minimum(free, held).mean()


def normalise(advantages: Tensor) -> Tensor:
    """Mean 0 and deviation 1 within the mini-batch."""
    deviation = advantages.std(correction=0)
    return (advantages - advantages.mean()) / (deviation + 1e-8)


def clip_gradients(model: ActorCritic, most: float = 0.5) -> None:
    """Shortens gradients, of policy and critic apart.

    The critic's errors are in units of reward, hundreds of times larger:
    measured together, they would leave the policy nothing.
    """
    for part in (model.actor, model.critic):
        nn.utils.clip_grad_norm_(part.parameters(), most)


class Story:
    """What is known of the training so far; a checkpoint keeps it."""

    def __init__(self) -> None:
        self.steps = 0
        self.seconds = 0.0
        self.ended: list[float] = []  # returns of the last hundred episodes
        self.curve: list[tuple[int, float]] = []  # (steps, mean return)
        self.solved_at: int | None = None

    def state_dict(self) -> dict[str, Any]:
        return dict(vars(self))

    def load_state_dict(self, kept: dict[str, Any]) -> None:
        vars(self).update(kept)

    def add(self, played: Rollout, seconds: float) -> None:
        self.steps += played.rewards.numel()
        self.seconds += seconds
        self.ended = [*self.ended, *played.ended][-100:]

    @property
    def rate(self) -> float:
        """Environment steps a second while playing."""
        return self.steps / self.seconds if self.seconds else 0.0

    def figures(self) -> dict[str, float]:
        """Of the training episodes, in which the policy plays by chance."""
        training = sum(self.ended) / max(1, len(self.ended))
        return {"training_return": training, "env_steps": self.steps}

    def evaluated(self, mean: float, env: str) -> Metrics:
        """Notes the mean return of the validation episodes."""
        self.curve.append((self.steps, mean))
        solved = threshold(env)
        if solved is not None and mean >= solved and self.solved_at is None:
            self.solved_at = self.steps
        return Metrics(mean_return=mean, env_steps=self.steps)


def report(
    model: ActorCritic, config: Config, run: Run, story: Story
) -> Routine:
    """The hundred test episodes, the best policy's and chance's."""
    episodes = play(greedy(model, run.device), config.env, evaluate.TEST)
    chance = evaluate.uniform(run.extra["actions"])
    random = play(chance, config.env, evaluate.TEST)
    yield from show(story)
    returns = sorted(episode.total for episode in episodes)
    mean, half = mean_interval(returns)
    yield Say(told(mean, half, returns[0], run.lang))
    solved = threshold(config.env)
    figures = {
        "mean_return": mean,
        "return_interval": half,
        "baseline_random": mean_return(random),
        "env_steps": story.steps,
        "env_steps_per_second": round(story.rate),
    }
    if solved is not None:
        share = sum(value >= solved for value in returns) / len(returns)
        figures["solved_share"] = share
    if story.solved_at is not None:
        figures["steps_to_solve"] = story.solved_at
    return figures


def show(story: Story) -> Iterator[Event]:
    """The mean return of the evaluations, over environment steps."""
    steps, means = zip(*story.curve, strict=True)
    label = {"en": "20 validation episodes", "zh": "20 个验证回合"}
    chart = Chart(
        series=[Series(label, means, [n / 1000 for n in steps])],
        title={"en": "Mean return", "zh": "平均回报"},
        x_label={
            "en": "thousand environment steps",
            "zh": "环境步数（千）",
        },
    )
    yield Show("mean_return", chart)


def told(mean: float, half: float, worst: float, lang: str) -> str:
    """The result as a sentence."""
    if lang == "zh":
        return (
            f"100 个测试回合：平均回报 {mean:.1f} ± {half:.1f}"
            f"（95% 区间），最差 {worst:.1f}"
        )
    return (
        f"100 test episodes: mean return {mean:.1f} ± {half:.1f} "
        f"(95 % interval), the worst {worst:.1f}"
    )
